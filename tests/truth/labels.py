"""Texts of two words and more in relutui/explain and relutui/readout that are no sentences about a session, by module.

Everything else there belongs to a family with a checker.
"""

# Said with weight decay alone, of which the states that are drawn have none; tests/session/test_weight_decay.py looks at them.
DECAY = (
    "No error pushes it: only the weight decay moves it, and what the optimizer remembers of earlier steps.",
    "The loss stands still. Training lowers it together with what the weight decay adds:",
    "here. W changes the decay.",
    "stands still with decay",
)
KINDS = "rate too large", "rate too small", "output off", "shared kink"  # names inside the program

LABELS: dict[str, tuple[str, ...]] = {
    # Parts that the program joins with others to a sentence that a family reads as a whole.
    "explain/best.py": ("possible with",),
    "explain/feasibility.py": ("0 or above", "1 free unit can bend the curve once"),
    "explain/phrasing.py": ("other units", "scaled x"),
    "explain/recovery_chance.py": ("on by", *DECAY[:1]),
    "explain/segment_errors.py": (", and it is, but only from x =",),
    "readout/seeds.py": ("at its start", "no step is taken", "not yet known", "random starts", "the loss is below {below:g}"),
    # Names of kinds, which no screen shows.
    "explain/kink_places.py": ("shared kink",),
    "explain/output_off.py": ("output off",),
    "explain/step_length.py": ("rate too large", "rate too small"),
    "explain/stuck_reason.py": KINDS,
    "explain/why_stuck.py": (*KINDS, *DECAY[1:], "the unlocked", "the unlocked numbers"),
    # Of several hidden layers, which the states that are drawn have not; tests/explain/test_why_layers.py judges them.
    "explain/why_layers.py": (
        ", and it is off everywhere there",
        ", where its z crosses 0",
        ": one straight piece.",
        "It passes on",
        "It passes on no kink of the layers before it.",
        "Its z has",
        "Kinks, by the layer that makes them:",
        "in layer",
        "is c plus v a of the",
        "makes no kink, as its activation is a straight line.",
        "makes no kink: its z crosses 0 nowhere inside the domain",
        "more where it is off, which relu cuts off.",
        "not every activation has a kink, so its pieces are not straight",
        "of layer",
        "straight pieces.",
    ),
    "readout/layer_strips.py": (
        "On and off: more than",
        "On and off: of several layers for units with kinks, so far",
        "pieces, too many for strips",
    ),
    "readout/layer_units.py": (", passes on",),
    # Headings, labels and keys.
    "readout/equation.py": (  # parts of a program; tests/readout/test_equation.py runs it
        "import numpy as np",
        "def y(x):\n    return",
        "(z):\n    return",
        "np.logaddexp(0, z)",
        "0.5 * (1 + np.tanh(0.5 * z))",
        "np.where(z > 0, z,",
        "ŷ is scaled here: y =",
    ),
    "readout/capacity.py": ("━ n kinks", "starts of", "the best with", "● best of"),
    "readout/contributions.py": ("the bias c",),
    "readout/pieces_list.py": ("the sum before the output",),
    "readout/refitting.py": ("Use it", "random starts (seeds", "refitted from here", "target ━ prediction"),
    "readout/gallery.py": (
        "Files of this folder",
        "Files that you uploaded",
        "Not written",
        "Solved, as you left them",
        "Opened before",
        "solved or answered",
        "MB: read when it is opened",
    ),
    "readout/residual.py": ("best with 1 piece",),
    "readout/status.py": (
        *(
            "All panels",
            "Take back",
            "As it was",
            "Back to",
            "Go on to",
            "Keep, next cell",
            "Keep, next row",
            "Other side",
            "a frame",
            "esc: out",
            "as many as fit",
        ),
        *(
            "esc: back to",
            "no training",
            "opening the device",
            "decay adds",
            "to the clean curve",
            "up, down",
        ),
    ),
    # Around what a scenario asks; its answers are computed in tests/scenarios and tests/questions.
    "readout/asking.py": (
        *("The mistake behind it:", "enter: answer", "enter: done", "esc: not now"),
        *("left, right", "up, down", ": put a ?", ", digits: move it", "to see it:"),
        *("nothing is marked yet:", "then enter: answer", "enter: next question"),
    ),
    "readout/table.py": ("a slope is |w|, never below 0; the side gives the sign of w",),
    # While a map is measured, and the patterns that shorten a mark.
    "readout/landscape.py": (
        ", the map follows",
        "here ◆, the map follows",
        "no map yet: the device has to measure its losses",
    ),
    "readout/loss.py": (
        *("\\b(\\w+) of unit (\\d+) of layer (\\d+)", "\\b(\\w+) of unit (\\d+)"),
        *("^output activation", "^slope at the kink", "^the output bias c", "slope at kink"),
    ),
    "readout/refit_verdict.py": ("so far;",),
    # Of files and recovery, not of networks.
    "readout/trace.py": ("v a of each unit", "Σ + c"),
    "readout/unwritten.py": ("; u undoes, r rewinds", "at step", "for the next start", "kept: o", "since it was written"),
}
WHOLE_MODULES = (
    "explain/concepts.py",
    "explain/gloss.py",
    "explain/glossary.py",  # definitions so far, true of no state in particular
    "readout/class_details.py",  # of reports, not of networks; tests/readout/test_class_table.py counts three by hand
    "readout/class_table.py",
)
