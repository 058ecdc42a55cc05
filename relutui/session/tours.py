"""The sixteen questions that learners ask, each with a tour: the scenario and the keys that show the answer."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """A question, and how to see its answer: open the scenario, press the keys, and look at what `look` says.

    A key is a character or its name in Textual, as `relutui render --keys` takes it.
    """

    number: int
    text: str
    scenario: str
    keys: tuple[str, ...]
    look: str


@dataclass(frozen=True)
class Tour:
    """The progress of a question's tour: the number of its keys pressed, and whether it goes on by itself."""

    question: Question
    keys_pressed: int = 0
    playing: bool = True


QUESTIONS: tuple[Question, ...] = (
    Question(
        1,
        "How does each node know where to start on the graph?",
        "parabola",
        ("S", "V", "V", "V", "i"),
        "Nothing sets it: each starts at random; training moves its kink.",
    ),
    Question(
        2,
        "What is 'cut off'? What does 'blocking a contribution' look like?",
        "lab-half",
        ("v", "i"),
        "Shaded: z is below 0 there, so a is 0 and nothing of z gets through.",
    ),
    Question(
        3,
        "Does unit 1 cover [1, 2] or [1, 3]?",
        "lab-half",
        ("tab", "i"),
        "[1, 3]: its strip reaches to the end; what unit 2 adds comes on top.",
    ),
    Question(
        4,
        "Does the curve follow the units one by one, or add them all up? Why do the pieces join seamlessly?",
        "shifted-weighted",
        ("c", "c"),
        "All are added. Each begins at 0 at its kink, so no gap can open.",
    ),
    Question(
        5,
        "Can the flat part be on the right? What do w and b have to be?",
        "lab-half",
        ("up", "i"),
        "Yes: w below 0, and b = -w times the kink.",
    ),
    Question(
        6,
        "Does the bias move the curve up or sideways?",
        "lab-half",
        ("v", "right", "+", "+", "+"),
        "b moves z up; so the kink, where z is 0, slides sideways by -Δb / w.",
    ),
    Question(
        7,
        "Why are the biases negative? Has it to do with y being positive?",
        "lab-half",
        ("end", "l", ">", "up", "up", "i"),
        "c alone lifts the whole ŷ by 1; b only sets where a unit is off.",
    ),
    Question(
        8,
        "Why can the composite rise where a unit falls? How can the slope go down?",
        "four-relus",
        ("down", "down", "tab", "i"),
        "Slopes add up: unit 2 falls, the others rise more. v < 0 bends down.",
    ),
    Question(
        9,
        "Why does w2 = 3, b2 = -5 not work, when it is the line of the third segment?",
        "lab-mistake",
        ("tab", "h"),
        "Σ: unit 1 is on there too. Add the difference, not the whole slope.",
    ),
    Question(
        10,
        "What happens with one unit fewer? Two fewer?",
        "lab-two-units",
        ("+", "S", "S", "I"),
        "0.0300 is the best with one bend fewer. Two fewer: x, then I.",
    ),
    Question(
        11,
        "Why did training end on a bad curve? What is a local minimum here; what is a dead unit?",
        "lab-free",
        ("R", "S", "S", "V"),
        "Flat: dead units feel no push, so no small step helps. g: other starts.",
    ),
    Question(
        12,
        "Does the value of the derivative at the bend matter?",
        "lab-zero-start",
        ("S", "k", "S", "S", "i"),
        "With 0 nothing moved in 2,000 steps; with 0.5 both do, as twins.",
    ),
    Question(
        13,
        "What if the activation is softplus, sigmoid or nothing at all, instead of ReLU?",
        "lab-half",
        ("V", "V", "V", "V"),
        "identity: one straight line. sigmoid, softplus: smooth, no pieces.",
    ),
    Question(
        14,
        "What does the ReLU on the output do?",
        "dosage-relu",
        ("tab", "c", "c", "c", "c", "I"),
        "relu cuts off what is below 0: only the tip of the wedge is left.",
    ),
    Question(
        15,
        "Given x, how exactly does the network arrive at yhat? (the arithmetic, number by number)",
        "dosage-relu",
        ("tab", "tab"),
        "Times w, plus b, relu, times v; then the sum, plus c, relu.",
    ),
    Question(
        16,
        "How many units do I need? How good can n units be?",
        "parabola",
        ("n",),
        "n units bend at most n times: ━ is the best possible, ● the best found.",
    ),
)
