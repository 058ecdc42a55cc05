"""The contents of the table of units for one layer of several: the weights of the units before, and what each unit does."""

from collections.abc import Sequence

from relutui.lib.number_text import share_text
from relutui.model.selection import Selection, fields_of, units_of
from relutui.readout.colour import colour_of
from relutui.readout.curves import composite_of
from relutui.readout.table import Note, Rows, TableReadout, UnitRow, cell_of
from relutui.session import edits
from relutui.session.session import Session

LAYER_NOTES: tuple[Note, ...] = ("kinks", "on", "state")


def read_layer_table(session: Session) -> TableReadout:
    """Compute the table of the selected layer; rows are computed on access."""
    state, place = session.state, session.view.selection
    network, p, layer = state.network, state.parameters, place.layer - 1
    fields, units = session.fields, units_of(p.sizes, place.layer)
    pieces = composite_of(session, p)
    made = None if pieces is None else pieces.made(layer).sum(axis=1).tolist()
    z = network.pre_activations(p, session.dataset.x, layer)
    on, most, least = ((z > 0.0).mean(axis=1).tolist(), z.max(axis=1).tolist(), z.min(axis=1).tolist())
    name = network.layer_activations[layer]

    def state_of(j: int) -> str:
        if name == "relu" and most[j] <= 0.0:
            return "dead"
        if network.kinked and least[j] > 0.0:
            return "always on"
        every = (Selection(j, field, place.layer) for field in fields_of(p.sizes, place.layer))
        return "locked" if all(edits.is_locked(state.locks, each) for each in every) else ""

    def row(j: int) -> UnitRow:
        cells = {field: cell_of(session, Selection(j, field, place.layer)) for field in fields}
        notes: dict[Note, str] = {
            "kinks": "-" if made is None else str(made[j]),
            "on": share_text(on[j]) if network.kinked else "-",
            "state": state_of(j),
        }
        return UnitRow(j, colour_of(j), cells, notes)

    def rows(asked: Sequence[int]) -> list[UnitRow]:
        return [row(j) for j in asked]

    return TableReadout(
        fields,
        LAYER_NOTES,
        Rows(units, rows),
        cell_of(session, Selection(units, "c", place.layer)),
        name,
        network.output_activation,
        place,
        edits.refusal(state, place),
        more_digits=session.view.more_digits,
    )
