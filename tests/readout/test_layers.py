"""What the screen shows of a network of several hidden layers: against the network itself at many x, and by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relutui.commands.command import OF_ONE_LAYER, apply
from relutui.commands.contents import COMMANDS, by_id
from relutui.model.network import Activation
from relutui.model.selection import Selection
from relutui.readout.fit import FitReadout, read_fit
from relutui.readout.layer_network import read_layer_network
from relutui.readout.layer_pass import read_layer_pass
from relutui.readout.layer_strips import read_layer_strips
from relutui.readout.layer_units import read_layer_units
from relutui.readout.loss import read_loss
from relutui.readout.status import read_footer, read_message, read_status
from relutui.readout.strips import StripsReadout
from relutui.readout.table import read_table
from relutui.readout.unshown import Unshown
from relutui.readout.view import read_chart
from relutui.scenario.reader import parse
from relutui.scenario.scenario import VIEWS
from relutui.session import edits
from relutui.session.session import Session, open_session
from relutui.session.shown import VIEWS_OF_LAYERS
from relutui.ui.screens.titles import chart_title, panel_gloss, under_chart
from relutui.ui.widgets.layer_panels import layer_panel
from relutui.ui.widgets.view import chart
from tests.support.layers import WAVES, drawn, open_deep

HIDDEN: tuple[Activation, ...] = ("relu", "leaky_relu", "identity", "tanh", "step")
OUTPUTS: tuple[Activation, ...] = ("identity", "relu", "sigmoid")
READERS: tuple[Callable[[Session], Any], ...] = (
    *(read_chart, read_table, read_layer_strips, read_layer_pass, read_layer_network, read_layer_units, read_loss),
    *(read_message, read_status, read_footer, chart_title, under_chart),
)


@pytest.fixture
def waves() -> Session:
    return open_deep(WAVES)


def show(session: Session) -> None:
    """Read and draw all that the screen shows."""
    for read in READERS:
        read(session)
    for name in ("chart", "table", "strips", "walk", "loss", "network"):
        panel_gloss(name, session, 70)
    for width, height in ((78, 8), (52, 9), (200, 40), (20, 3)):
        for read in (read_layer_strips, read_layer_pass, read_layer_network):
            readout = read(session)
            if not isinstance(readout, StripsReadout):
                assert all(len(line.plain.split("\n")) == 1 for line in layer_panel(readout, width, height))
        chart(read_chart(session), width, height)


def test_the_keys_go_through_the_views_that_there_are(waves: Session) -> None:
    following = {"fit": "units", "units": "network", "network": "loss", "loss": "fit", "trail": "fit"}
    for name in (*VIEWS_OF_LAYERS, "trail"):
        result = apply(by_id("view"), waves.with_view(name=name))
        assert isinstance(result, Session)
        assert result.view.name == following[name]


def test_every_command_and_view_works_or_says_that_it_is_for_one_layer(waves: Session) -> None:
    for view in VIEWS:
        session = waves.with_view(name=view)
        readout = read_chart(session)
        if view in VIEWS_OF_LAYERS:
            assert not isinstance(readout, Unshown)
        else:
            assert readout == Unshown(f"{view.capitalize()}: for one hidden layer, so far")
        show(session)
    for command in COMMANDS:
        result = apply(command, waves)
        if command.id in OF_ONE_LAYER:
            assert isinstance(result, Session)
            assert result.view.message
            assert result.view.message.text == f"{command.label}: for one hidden layer, so far"
        if isinstance(result, Session):
            show(result)


def test_the_ids_of_what_is_for_one_layer_are_commands() -> None:
    assert {by_id(id).id for id in OF_ONE_LAYER} == OF_ONE_LAYER


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    sizes=st.lists(st.integers(1, 5), min_size=2, max_size=4),
    activation=st.sampled_from(HIDDEN),
    output=st.sampled_from(OUTPUTS),
    layer=st.integers(1, 4),
)
def test_any_network_is_shown(seed: int, sizes: list[int], activation: Activation, output: Activation, layer: int) -> None:
    session = drawn(seed, tuple(sizes), activation, output)
    show(edits.select(session, Selection(0, "b", min(layer, len(sizes)))))
    show(edits.select(session, Selection(99, "c", 1)))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), sizes=st.lists(st.integers(1, 4), min_size=2, max_size=3))
def test_the_curve_is_straight_between_the_x_at_which_it_is_drawn(seed: int, sizes: list[int]) -> None:
    session = drawn(seed, tuple(sizes), output="relu")
    readout = read_fit(session)
    x = np.linspace(*session.x_range, 2001)
    true = session.state.network.prediction(session.state.parameters, x)
    assert np.allclose(np.interp(x, *readout.prediction), true, atol=1e-9 * (1.0 + np.abs(true).max()))


def test_the_kinks_by_hand(waves: Session) -> None:
    """Of layer 1 at 0.5 and 1.5, and at 2.5 where neither unit of layer 2 is on; of layer 2 where its z are 0.

    z of unit 0 beyond 1.5 is (x - 0.5) - 2 (x - 1.5) + 0.5 (2.5 - x) - 0.4 = 3.35 - 1.5 x; of unit 1 between 0.5 and 1.5 it is
    -(x - 0.5) + (2.5 - x) - 0.2 = 2.8 - 2 x.
    """
    kinks = [(round(kink.x, 9), kink.layer) for kink in read_fit(waves).kinks]
    assert kinks == [(0.5, 1), (1.4, 2), (1.5, 1), (round(3.35 / 1.5, 9), 2)]
    assert [kink.selected for kink in read_fit(waves).kinks] == [True, False, False, False]


def test_the_contribution_is_that_of_a_unit_of_the_last_layer(waves: Session) -> None:
    assert read_fit(waves).contribution is None
    readout: FitReadout = read_fit(edits.select(waves, Selection(1, "b", 2)))
    assert readout.contribution
    a = waves.state.network.activations(waves.state.parameters, readout.contribution.x)[1]
    assert np.array_equal(readout.contribution.y, -a)


def test_the_table_of_a_layer(waves: Session) -> None:
    table = read_table(edits.select(waves, Selection(1, "w1", 2)))
    assert table.fields == ("w0", "w1", "w2", "b", "v")
    assert [cell.value for cell in table.rows[1].cells.values()] == [-1.0, 1.0, 1.0, -0.2, -1.0]
    z = waves.state.network.pre_activations(waves.state.parameters, waves.dataset.x)
    assert [row.notes["on"] for row in table.rows[:]] == [f"{share:.0%}" for share in (z > 0).mean(axis=1)]
    assert [row.notes["kinks"] for row in table.rows[:]] == ["1", "1"]


def test_units_that_are_dead_or_always_on_in_any_layer(waves: Session) -> None:
    dead = edits.set_parameter(waves, Selection(0, "b", 2), -9.0)
    always = edits.set_parameter(dead, Selection(1, "b", 2), 9.0)
    table = read_table(edits.select(always, Selection(0, "b", 2)))
    assert [row.notes["state"] for row in table.rows[:]] == ["dead", "always on"]


def test_the_walk_by_hand(waves: Session) -> None:
    """At x = 1: a = 0.5, 0, 1.5; z = 0.5 + 0.75 - 0.4 = 0.85 and -0.5 + 1.5 - 0.2 = 0.8; 2 * 0.85 - 0.8 + 0.1 = 1."""
    readout = read_layer_pass(waves.with_view(probe=1.0))
    first, second = readout.layers
    assert [unit.a for unit in first] == [0.5, 0.0, 1.5]
    assert [unit.on for unit in first] == [True, False, True]
    assert [unit.z for unit in second] == pytest.approx([0.85, 0.8])
    assert [each.name for each in second[1].inputs] == ["2", "0", "1"]
    assert readout.prediction == pytest.approx(1.0)
    assert readout.target == pytest.approx(2.0, abs=0.05)
    lines = [line.plain for line in layer_panel(readout, 90, 20)]
    assert lines[0] == "layer 1, relu: 2 of 3 on"
    assert lines[-2] == "1.70 + -0.80 + c 0.10 = ŷ 1.00"


def test_the_walk_names_what_adds_most_and_counts_the_rest() -> None:
    session = drawn(3, (8, 2)).with_view(probe=0.5)
    lines = [line.plain for line in layer_panel(read_layer_pass(session), 90, 30)]
    assert any(" more: " in line for line in lines)


def test_the_strips_by_hand(waves: Session) -> None:
    """Unit 0 of layer 2, times v = 2: slope 2 (0.5 * -1) = -1 up to 0.5, then 2 (1 - 0.5) = 1, then 2 (1 - 2 - 0.5) = -3."""
    readout = read_layer_strips(waves)
    assert isinstance(readout, StripsReadout)
    assert readout.names == ("1:0", "1:1", "1:2", "2:0", "2:1")
    strip = [(round(each.low, 3), each.level > 0, each.text) for each in readout.unit(3)]
    assert strip == [
        (0.0, True, "slope -1"),
        (0.5, True, "slope +1"),
        (1.5, True, "slope -3"),
        (2.233, False, ""),
    ]
    assert [each.text for each in readout.total] == ["0", "+3", "+1", "-3", "0", "0"]


def test_a_view_of_a_unit_names_what_it_makes_and_passes_on(waves: Session) -> None:
    readout = read_layer_units(edits.select(waves, Selection(0, "b", 2)))
    assert [unit.note for unit in readout.units] == ["makes 1, passes on 2", "makes 1, passes on 1"]
    assert [(round(x, 3), layer) for x, layer in readout.units[0].kinks] == [(0.5, 1), (1.5, 1), (2.233, 2)]
    off = readout.units[0].off
    assert off
    assert (round(off[0], 3), off[1]) == (2.233, np.inf)


def test_the_network_is_drawn_with_the_weights_of_the_selected_unit(waves: Session) -> None:
    session = edits.select(waves.with_view(probe=1.0), Selection(1, "b", 2))
    text = "\n".join(line.plain for line in layer_panel(read_layer_network(session), 90, 8))
    assert "0(0.50 → 0.50) × -1.00" in text
    assert "2(1.50 → 1.50) × 1.00" in text
    assert "▸1(0.80 → 0.80) × -1.00" in text
    assert "ŷ = 1.00" in text


def test_where_rows_are_few_the_walk_shows_the_selected_layer() -> None:
    session = edits.select(drawn(3, (4, 4, 4, 4)).with_view(probe=0.5), Selection(0, "b", 3))
    lines = [line.plain for line in layer_panel(read_layer_pass(session), 90, 7)]
    assert len(lines) == 7
    assert lines[0].startswith("layer 3, relu")
    assert any(line.startswith("▸0") for line in lines)


def test_a_relu_is_off_below_0_whatever_another_layer_has() -> None:
    text = """
title = "Mixed"
[target]
points = [[0, 1], [1, 0]]
[[layer]]
w = [[1], [-1]]
b = [1, -2]
[[layer]]
w = [[1, 1]]
b = [-5]
activation = "tanh"
[[layer]]
w = [[1]]
b = [0]
"""
    first, second = read_layer_pass(open_session(parse(text, "mixed", None))).layers
    assert [(unit.z > 0, unit.on) for unit in first] == [(True, True), (False, False)]  # x + 1 and -x - 2, x from 0 to 1
    assert [unit.on for unit in second] == [True]  # tanh has no side where it is off
