"""One line that says what the selected column, a panel or a view is: in full, and shorter where there is less room."""

from relutui.model.network import Network
from relutui.model.selection import Field
from relutui.scenario.scenario import View
from relutui.session.kink_edits import POSITION_WORDS

Gloss = tuple[str, ...]  # longest first

VIEW_GLOSSES: dict[View, Gloss] = {
    "fit": (
        "the target, the curve of all units, and what the selected one adds",
        "the target and the curve of all units",
    ),
    "units": (
        "each unit by itself: z, a line, and a, what the activation makes of it",
        "each unit by itself: z, and a",
    ),
    "contributions": (
        "what each unit adds, one by one: c adds the next, C takes it back",
        "c adds a unit's part, C takes it back",
    ),
    "outputs": (
        "a is what a unit gives, v a what it adds: scaled by v, and flipped below 0",
        "a: what a unit gives; v a: what it adds",
    ),
    "trace": (
        "how the curves come about as x goes to the right, up to the probe",
        "the curves as x goes to the right",
    ),
    "network": (
        "the numbers at the probe on their way from x to ŷ: [ ] move the probe",
        "from x to ŷ; [ ] move the probe",
    ),
    "residual": (
        "the error at each point: above 0 the prediction is too high there",
        "above 0: the prediction is too high",
    ),
    "sizes": (
        "made by hand: more units, more bends, smaller errors",
        "more units, more bends, smaller errors",
    ),
    "activations": (
        "the same w, b, v and c with other activations",
        "the same numbers, other activations",
    ),
    "trail": (
        "where training moved the kinks, step by step",
        "where training moved the kinks",
    ),
    "loss": (
        "how far off the prediction is, over the steps: lower is better",
        "how far off it is: lower is better",
    ),
    "landscape": (
        "the loss over two parameters, the others as they are: lower is better",
        "the loss over two parameters",
    ),
}
HELD: Gloss = (
    "dotted: the curve of before; the unbroken one follows what you move",
    "dotted: the curve of before",
)
DRAWN: Gloss = (
    "the points that you put become the target of a new scenario",
    "your points become the target",
)
SIZES_OF_PARABOLA: Gloss = (
    "by hand n units make n pieces; best curve: the best that n pieces can do",
    "by hand n units make n pieces; best curve: the best n pieces",
    "best curve: of n straight pieces",
)
PUSHED: Gloss = (
    "┷► push: which way the next step of training moves each kink",
    "┷► push: the next move of each kink",
)
WALK: Gloss = (
    "how ŷ comes about from x, number by number: [ ] move the probe",
    "from x to ŷ; [ ] move the probe",
)


SCALED_NETWORK: Gloss = (
    "the numbers at the probe on their way from scaled x to scaled ŷ: [ ] move the probe",
    "from scaled x to scaled ŷ; [ ] move the probe",
)


def column_gloss(field: Field, network: Network, *, scaled: bool = False) -> Gloss:
    """Return what the selected column of the table is; scaled: whether the data have a scale."""
    texts = _column_gloss(field, network)
    if not scaled:
        return texts
    if field == "kink":
        return "kink: the x where z is 0; scaled, it is -b / w", "the x where z is 0"
    return tuple(text.replace("of x", "of scaled x").replace("w x", "w × scaled x") for text in texts)


def in_layer(texts: Gloss, layer: int, layers: int) -> Gloss:
    """Return what a column is in the table of a layer, as in a Selection, of so many."""
    if not layer:
        return texts
    place = f"layer {layer} of {layers}"
    return (*(f"{place}: {text}" for text in texts), f"{place}, page up and page down: the others", place)


def _column_gloss(field: Field, network: Network) -> Gloss:
    position = POSITION_WORDS.get(network.activation)
    match field:
        case "w":
            side = "; below 0 it is on at the left" if network.kinked else ""
            return f"w = weight of x: how steep z = w x + b is{side}", "w = weight: how steep z = w x + b is"
        case "b":
            slides = f", so the {position} slides sideways" if position else ""
            return (
                f"b = bias: moves z = w x + b up or down{slides}",
                f"b = bias: slides the {position}" if position else "b = bias: moves z up or down",
            )
        case "v":
            return "v = output weight: scales what the unit adds, and flips it below 0", "v = output weight: scales or flips it"
        case "c":
            return "c = output bias: moves the whole prediction up or down", "c = output bias: lifts all of ŷ"
        case "kink":
            return f"{position or 'kink'} = -b / w: the x where z is 0; to move it changes b", "-b / w: the x where z is 0"
        case "slope":
            return "slope = |w|: how steep z is, whichever side it rises to", "slope = |w|: how steep z is"
        case "side":
            return "side: z rises to the right (w above 0) or to the left (w below 0)", "side: where z rises, right or left"
        case _:
            unit = field[1:]
            return f"{field} = the weight of a of unit {unit} of the layer before", f"{field} = weight of unit {unit} before"


LAYER_FIT: Gloss = (
    "the target and the curve; a digit: a kink, by the number of the layer that makes it",
    "a digit: a kink, by the layer that makes it",
)
LAYER_STRIPS: Gloss = (
    "filled: on, with the slope of a, in the last layer of v a; Σ: all of the last and c",
    "filled: on; slope of a, in the last layer of v a",
)


def strips_gloss(network: Network, x_range: str = "", *, ticked: bool = False) -> Gloss:
    """Return what the strips show; x_range: from where to where, unless a chart above has that axis; ticked: the target is."""
    if ticked:
        return "filled: on; ✓: the curve matches the target there, ✗: not yet", "filled: on; ✓: the curve matches there"
    added = "height" if network.stepped else "slope"
    short = f"filled: on, with the {added} it adds" if network.kinked or network.stepped else "darker: steeper"
    if x_range:
        return f"{short}; Σ: all together; {x_range}", f"{short}; {x_range}", short
    if short == "darker: steeper":
        return f"darker where a unit is steeper, with the {added} that it adds; Σ: the sum", short
    return f"filled where a unit is on, with the {added} that it adds; Σ: all together", short
