"""The twenty-six questions: each tour's keys, pressed one by one, lead to a screen on which the answer stands."""

from dataclasses import replace

import pytest

from relutui.session.questions import QUESTIONS
from relutui.session.tours import Question, Tour
from relutui.ui.controllers import training_loop
from relutui.ui.screens.capacity import CapacityScreen
from tests.support.screen import shown, until
from tests.support.sessions import opener

# What a learner must find on the screen, from subject.md and teaching.md; by the number of the question.
ANSWERS: dict[int, tuple[str, ...]] = {
    1: ("where the random start put it", "steps of training moved it to"),
    2: ("unit 1  off until x = 1", "unit 0  off from x = 1", "z is below 0: relu cuts it off there (a = 0)"),
    3: ("over [1, 3]",),
    4: ("in any order the sum is the prediction", "so no gap opens"),
    5: ("w = -2.00 is below 0, so its flat part is on the right", "b = -w × kink"),
    6: ("z moves up by 0.10, and the kink slides left by 0.10", "b moves it sideways; c, not b, lifts the whole curve"),
    7: ("it has nothing to do with the sign of y",),
    8: ("its own line falls", "the prediction rises", "The slope of ━ goes down at x = 2", "a falling unit starts"),
    9: ("unit 1 is still on there and already gives 1", "must add only the difference, 2"),
    10: (
        "changes of slope missing: +1 at x = 1 and +2 at x = 2; 2 units had one kink for both changes, at x = 1.466",
        "3 units 0.0000, 2 units 0.0300 (trained), 1 unit 2.4630",
    ),
    11: (
        "MSE 0.7066",
        "Stuck in a local minimum: no small step lowers the loss. Units 0 and 2 are dead",
        "their gradients are zero. Unit 1 alone makes a straight line",
        "0!",
    ),
    12: (
        "It matters only where z is exactly 0; now no point has z = 0, so 0, 0.5 and 1 do the same",
        "with 0 MSE 2.4630 after 2,000 steps, with 0.5 and 1 MSE 0.0300 after 2,000 steps",
    ),
    13: (
        "With identity (nothing at all)",
        "▸relu",
        "a straight line, and so is the sum",
        "a soft step",
        "bends smoothly",
        "bends sharply",
    ),
    14: ("0.4703", "0.5286", "slope +34.02", "slope -35.34"),
    15: ("1.70", "12.60", "0.85", "17.01", "+ c -16.00", "ŷ = 1.01"),
    16: (
        "Enough for MSE below 1: 2 units, below 0.1: 4 units, below 0.0294: 5 units",
        *("'by units': the best found with n units", "2.29", "0.143", "0.0585", "0.0282", "● best of 4"),
    ),
    17: ("no data here", "goes on to the left for ever: at x = 0 only the data end"),
    18: ("-0.75", "+2.25", "+1.25", "+0.5", "No piece is flat: at every x some unit is on"),
    19: ("Every b is below 0, which says only that every unit is off at x = 0",),
    20: ("slope -2", "slope +3", "No unit makes just one piece: each is on over two or more"),
    21: ("2 straight pieces, with slopes 0 and +1", "non-linear: f(-2) + f(2) = 2.00, but f(-2 + 2) = f(0) = 0.00"),
    22: ("here: 100", "5.06", "0.203", "2.53", "0.101", "not training that makes many units good"),  # L²/(4n²), best L²/(8n²)
    23: (
        *("It matters only where z is exactly 0", "now no point has z = 0", "0, 0.5 and 1 do the same"),
        "the same run from this start with 0, 0.5 and 1: MSE 0.0294 after 1,901 steps",
    ),
    24: ("┈ z", "┅ a", "━ v a", "v a is 2.00 times as high as a; the kink stays"),
    25: (
        *("kink 1 ◇ 1.5 ◇ 2 ◆", "-4.00", "z = w x + b is 0, at x = -b / w: w turns the line z, b shifts it"),
        "Before that, w 3.00 → 2.00 moved the kink from x = 1 to 1.5",
    ),
    26: (
        "stuck: local minimum",
        "MSE 0.7576",
        "0.6734",
        "every way out is uphill",
        "blank < 0.85",
        "no small change of w and b lowers the loss",
    ),
}


# The tour is taken at the first size, and the terminal resized to the others; what tab does depends on the size.
CASES = [
    *(pytest.param(question, [(80, 24), (120, 36)], id=f"{question.number:02}") for question in QUESTIONS),
    *(pytest.param(question, [(120, 36)], id=f"{question.number:02}-wide") for question in QUESTIONS if "tab" in question.keys),
]


@pytest.mark.parametrize(("question", "sizes"), CASES)
async def test_the_answer_stands_on_the_screen(
    question: Question, sizes: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {"max_units": 6, "seeds": 4, "steps": 100}  # the fake trainer is slow
    monkeypatch.setattr(CapacityScreen.__init__, "__kwdefaults__", few)
    monkeypatch.setattr(training_loop, "MAX_BURST_S", 1.0)  # nor is it watched while it trains
    async with shown(opener(question.scenario), sizes[0]) as screen:
        await screen.press(*question.keys)
        await until(lambda: not getattr(screen.app.screen, "busy", False))
        for size in sizes:
            await screen.resize(size)
            text = " ".join(screen.text.split())
            for answer in ANSWERS[question.number]:
                assert " ".join(answer.split()) in text
        if screen.app.screen is screen.explore:
            screen.explore.session = replace(screen.session, tour=Tour(question, len(question.keys)))
            for size in reversed(sizes):
                await screen.resize(size)
                panel = {"screen": "chart"}.get(question.steps[-1].place, question.steps[-1].place)
                assert _letters(question.answer) in _letters(screen.part(f"#{panel}"))


def _letters(text: str) -> str:
    return "".join(text.translate(dict.fromkeys(map(ord, "│▸"))).split())


def test_there_are_twenty_six_of_at_most_eight_keys() -> None:
    assert [question.number for question in QUESTIONS] == list(range(1, 27)) == sorted(ANSWERS)
    assert all(1 <= len(question.keys) <= 8 for question in QUESTIONS)
