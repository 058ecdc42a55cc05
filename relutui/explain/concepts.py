"""The words under which a question is looked for, and the questions, best first, that show what they mean."""

CONCEPTS: dict[str, tuple[int, ...]] = {
    "random start, initialization": (1,),
    "cut off, blocking, off": (2,),
    "region, overlap, segment": (3, 20),
    "sum, composite, continuous": (4,),
    "flat part, side, negative weight": (5, 18),
    "bias": (6, 7, 19),
    "negative bias": (7, 19),
    "slopes add up, rising and falling": (8,),
    "double counting, difference of slopes": (9,),
    "one unit fewer": (10,),
    "local minimum": (26, 11),
    "dead unit, dying relu": (11,),
    "twin, symmetry": (12,),
    "saddle": (12, 11),
    "derivative at the bend, subgradient": (12, 23),
    "activation: softplus, sigmoid, tanh, identity": (13,),
    "non-linear, nonlinearity, linear": (21, 13),
    "output activation, wedge": (14,),
    "forward pass, arithmetic": (15,),
    "how many units, capacity, universal approximation": (16, 22),
    "beyond the data, extrapolation": (17,),
    "output weight v": (24, 8),
    "kink, bend": (25, 6),
}


def concepts_of(number: int, known: frozenset[int]) -> list[str]:
    """Return the concepts that lead to a question: those of which it is the best among the known questions."""
    return [concept for concept, numbers in CONCEPTS.items() if next((n for n in numbers if n in known), None) == number]
