"""The present network as an equation, to read and to take along."""

from collections.abc import Sequence

from textual.binding import Binding

from relutui.readout.equation import equation_of, scaled_result
from relutui.session.session import Session
from relutui.ui.screens.text_to_copy import TextToCopy

WIDTH = 66  # columns of a line, wrapped between terms


class EquationScreen(TextToCopy):
    """Shows the equation in two forms, as Python and as LaTeX."""

    BINDINGS = [
        Binding("quotation_mark", "dismiss", "Close", show=False),
        Binding("c", "copy('equation')", "Copy", show=False),
        Binding("p", "copy('Python')", "Copy Python", show=False),
        Binding("l", "copy('LaTeX')", "Copy LaTeX", show=False),
    ]

    def __init__(self, session: Session) -> None:
        readout = equation_of(session)
        within = (
            "exactly what the network gives" if readout.error == "0" else f"within {readout.error} of what the network gives"
        )
        texts = {
            "equation": wrapped(readout.by_parameters),
            "Python": "\n".join(readout.python),
            "LaTeX": wrapped(readout.latex),
        }
        sections = [("In w, b and v", texts["equation"])]
        if readout.by_slopes:
            sections.append(("With the slope v |w| before each unit, and its kink inside", wrapped(readout.by_slopes)))
        sections += [("Python (p copies)", texts["Python"]), ("LaTeX (l copies)", texts["LaTeX"])]
        text = "\n\n".join(f"{title}\n{text}" for title, text in sections)
        text += f"\n\nComputed from these digits, ŷ is {within}."
        if scaled := scaled_result(session):
            text += f" {scaled}."
        super().__init__("Equation of the present network", text, f"{session.scenario.name}-equation.txt", texts)


def wrapped(terms: Sequence[str], width: int = WIDTH) -> str:
    """Join terms by blanks, in lines that end between them; those after the first are indented."""
    lines = [terms[0]]
    for term in terms[1:]:
        if len(lines[-1]) + 1 + len(term) <= width:
            lines[-1] += f" {term}"
        else:
            lines.append(f"    {term}")
    return "\n".join(lines)
