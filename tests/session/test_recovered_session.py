"""What comes back of a session that was cut off."""

from array import array
from dataclasses import replace
from pathlib import Path

import pytest

from relutui.commands.contents import by_id
from relutui.lib import files
from relutui.model.selection import Selection
from relutui.model.training import OptimizerState, Sample, TrainingSettings
from relutui.scenario.library import shipped
from relutui.scenario.reader import parse
from relutui.scenario.scenario import scaled_domain
from relutui.session import edits, kink_edits
from relutui.session.journal_entries import MAX_NUMBERS, MAX_UNDO_ENTRIES, entry_of, session_of
from relutui.session.session import Session, open_session
from relutui.session.state import Mark, PendingKink
from relutui.study.random_starts import begin, open_start
from tests.session.journals import left_behind
from tests.support.sessions import open_lab, opener, parameters, with_values, without_trail


def trained(session: Session) -> Session:
    """The session 1,234 steps of adam on, its numbers made up."""
    first = parameters([0, 1e-7, 0.1], [0, 2, 3], [0, 0, 0])
    moments = OptimizerState(first, parameters([0, 1e-9, 4], [0, 5, 6], [0, 0, 0], 7), 90)
    samples = tuple(Sample(step, 1 / (step + 3), array("f", [0.5] * 10)) for step in range(0, 1234, 2))
    checkpoint = replace(session.state.checkpoint, optimizer=moments, step=1234, history=samples)
    settings = TrainingSettings("adam", 0.0123, loss="sse", stop_below=1e-5)
    return session.with_state(replace(session.state, checkpoint=checkpoint, settings=settings))


def test_a_session_comes_back_with_all_that_training_goes_on_from(state_folder: Path) -> None:
    session = trained(open_lab(w1=1 / 3, b1=-1))
    recovered = left_behind(session).session
    now, then = recovered.state, session.state
    assert (now.network, now.locks, now.settings, now.seed) == (then.network, then.locks, then.settings, then.seed)
    assert now.checkpoint == without_trail(then).checkpoint
    assert (recovered.scenario, recovered.loss, recovered.unsaved) == (session.scenario, session.loss, True)


def test_undo_and_rewind_lead_from_what_came_back_to_the_start(state_folder: Path) -> None:
    recovered = left_behind(open_lab(w1=1, b1=-1)).session
    assert edits.undo(recovered).state.parameters == open_lab(w1=1).state.parameters
    assert edits.undo(edits.undo(recovered)).state.parameters == open_lab().state.parameters
    assert edits.rewind(recovered).state.parameters == open_lab().state.parameters


def test_rewinding_leads_to_the_start_that_was_opened_of_many(state_folder: Path) -> None:
    """Not to what its seed gives the scenario, which leaves w of unit 0 free: here it was locked at 1.25."""
    session = edits.toggle_lock(with_values(opener("lab-free"), w0=1.25))
    started = open_start(begin(session, 3, 10), 1)
    recovered = left_behind(with_values(started, b1=3)).session
    rewound = edits.rewind(recovered)
    assert rewound.state.parameters == started.state.parameters
    assert rewound.state.parameters.w[0] == 1.25


def test_a_kink_that_waits_for_its_slope_comes_back(state_folder: Path) -> None:
    session = kink_edits.toggle_form(opener("lab"))
    for field, value in (("slope", 0.0), ("kink", 1.5), ("side", -1.0)):
        session = edits.set_parameter(session, Selection(1, field), value)
    assert session.state.pending_kinks == (PendingKink(1, 1.5, -1.0),)
    recovered = left_behind(with_values(session, w2=3)).session
    sloped = edits.set_parameter(recovered, Selection(1, "slope"), 2.0)
    assert (sloped.state.parameters.w[1], sloped.state.parameters.b[1]) == (-2.0, 3.0)


def test_the_marks_of_the_loss_come_back(state_folder: Path) -> None:
    session = with_values(trained(open_lab(w1=1 / 3)), b1=-1, w2=2)
    assert left_behind(session).session.state.marks == (Mark(1234, "b of unit 1"), Mark(1234, "w of unit 2"))


def test_undo_and_redo_come_back_step_by_step(state_folder: Path) -> None:
    session = edits.toggle_lock(trained(open_lab(w1=1, b1=-1)))
    for _ in range(2):
        session = edits.undo(session)
    recovered = left_behind(session).session
    assert recovered.states.present == session.states.present
    for now, then in zip(recovered.states.past, session.states.past, strict=True):
        assert now == then
    for now, then in zip(recovered.states.future, session.states.future, strict=True):
        assert now == without_trail(then)


def test_what_was_written_is_known_to_be_when_it_is_undone_to(state_folder: Path) -> None:
    written = trained(open_lab(w1=1))
    recovered = left_behind(with_values(written.with_document(saved=written.state), b1=-1)).session
    assert recovered.unsaved
    assert not edits.undo(recovered).unsaved


def test_the_lowest_loss_of_what_came_back_is_known(state_folder: Path) -> None:
    session = with_values(open_lab(w1=1, b1=-1, w2=2, b2=-4), c3=9)
    assert left_behind(session).session.document.best == session.document.best


def test_of_undo_the_nearest_steps_are_kept(state_folder: Path) -> None:
    session = opener("lab-free")
    for number in range(2 * MAX_UNDO_ENTRIES):
        session = with_values(session, w0=number + 10)
    orphan = left_behind(session)
    assert orphan.session.states.past == session.states.past[-MAX_UNDO_ENTRIES:]
    orphan.remove()
    session = opener("shifted-100")
    for number in range(2 * MAX_UNDO_ENTRIES):
        session = edits.set_parameter(session, Selection(100, "c"), float(number))
    orphan = left_behind(session)
    assert orphan.path.stat().st_size < 500_000
    past = orphan.session.states.past
    assert len(past) == MAX_NUMBERS // (3 * 301)
    assert past == session.states.past[-len(past) :]
    assert edits.rewind(orphan.session).state.parameters == opener("shifted-100").state.parameters


def test_a_random_start_comes_back_with_its_seed(state_folder: Path) -> None:
    session = by_id("random").run(opener("sine"))
    assert isinstance(session, Session)
    recovered = left_behind(with_values(session, w0=0.5)).session
    assert recovered.state.seed == session.state.seed
    rewound = by_id("rewind").run(recovered)
    assert isinstance(rewound, Session)
    assert rewound.state.parameters == session.state.parameters


@pytest.mark.parametrize("points", [5, 5000])
def test_a_start_that_was_drawn_for_the_points_comes_back(state_folder: Path, points: int) -> None:
    """Also where the points are too many for a scenario file, and are kept beside it."""
    listed = [[round(n**1.5, 3), n % 3] for n in range(points)]
    text = f'title = "T"\n[target]\npoints = {listed}\n[init]\nscheme = "kinks"\nunits = 3\n'
    session = open_session(parse(text, "many", None, limit=None))
    recovered = left_behind(with_values(session, b1=3)).session
    assert recovered.scenario == session.scenario
    assert recovered.scenario.init.units == 3
    assert edits.rewind(recovered).state.parameters == session.state.parameters
    assert edits.next_random_start(recovered).state.parameters == edits.next_random_start(session).state.parameters


def test_all_that_was_left_comes_back_too_and_nothing_else(state_folder: Path) -> None:
    left = open_lab(w1=2), with_values(opener("parabola"), w0=4)
    for sine in (opener("sine"), with_values(opener("sine"), w0=3)):
        orphan = left_behind(replace(sine, kept=left))
        expected = [one for one in (sine, *left) if one.unsaved]
        assert [one.scenario.name for one in orphan.sessions] == [one.scenario.name for one in expected]
        for now, then in zip(orphan.sessions, expected, strict=True):
            assert (now.states.present, now.states.past, now.document.saved) == (
                then.state,
                then.states.past,
                then.document.saved,
            )
        orphan.remove()


def test_the_files_that_were_read_and_written_come_back_as_they_were(state_folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes(shipped()["lab"].read_bytes())
    session = with_values(opener(str(file)), w1=1)
    assert session.scenario.file == files.File.at(file)
    written = files.File.at(tmp_path / "other.toml")  # not there any more
    orphan = left_behind(session.with_document(files=(written, *session.document.files)))
    assert (orphan.session.scenario.file, orphan.session.document.files) == (
        session.scenario.file,
        (written, *session.document.files),
    )
    orphan.release()


def test_a_start_drawn_with_a_number_locked_is_what_rewinding_leads_to_after_recovery(state_folder: Path) -> None:
    session = edits.toggle_lock(edits.select(with_values(opener("lab-free"), w0=1.25), Selection(0, "w")))
    drawn = edits.next_random_start(session)
    recovered = left_behind(with_values(edits.toggle_lock(drawn), w0=3, b1=2)).session
    assert edits.rewind(recovered).state.parameters == drawn.state.parameters
    assert drawn.state.parameters.w[0] == 1.25


def test_a_lock_makes_no_difference_to_what_is_kept(state_folder: Path) -> None:
    session = edits.toggle_lock(open_lab(w1=1))
    assert left_behind(session).session.state.locks == session.state.locks


@pytest.mark.parametrize("name", ["lab", "one-unit", "parabola"])
def test_a_scenario_that_asks_is_recovered(name: str) -> None:
    """Where it asks for an x, which its states know nothing of."""
    session = with_values(opener(name), w0=1.5)
    assert session_of(entry_of(session)).scenario.asks == session.scenario.asks


@pytest.mark.parametrize("points", [50, 5000])
def test_of_scaled_data_the_scale_and_the_range_come_back(state_folder: Path, points: int) -> None:
    listed = [[1950 + 40 * place / points, float(place % 7)] for place in range(points)]
    few = parse('title = "T"\n[target]\nscale = "standard"\npoints = [[1, 2], [2, 3]]\n[init]\nunits = 2\n', "t", None)
    target = replace(few.target, points=tuple((x, y) for x, y in listed), domain=(listed[0][0], listed[-1][0]))
    dataset = target.dataset()
    session = open_session(replace(few, target=target, dataset=dataset, domain=scaled_domain(target, dataset)))
    recovered = left_behind(edits.nudge(session, 1)).session
    assert (recovered.dataset, recovered.domain, recovered.scale) == (session.dataset, session.domain, session.scale)
    assert recovered.loss == edits.nudge(session, 1).loss
