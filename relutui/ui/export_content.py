"""What a session is exported as, by the ending of the file: its network, its loss curve, its chart or its screen."""

from collections.abc import Callable

from relutui.exchange.export import content_of
from relutui.exchange.kinds import Framework
from relutui.exchange.problem import needing
from relutui.lib.files import Content
from relutui.readout.loss_csv import loss_csv
from relutui.session.session import Session, as_scenario
from relutui.ui.fit_picture import fit_picture


def session_content(session: Session, name: str, ending: str, screen: Callable[[], str], framework: Framework) -> Content:
    """Return what to write to a file of this ending, one of WRITTEN; screen: makes the text of the screen.

    Raises ExchangeError like content_of.
    """
    match ending:
        case ".svg":
            from relutui.plot.svg import svg_of

            return svg_of(fit_picture(session))
        case ".png":
            from relutui.plot.png import png_of

            with needing("a .png"):
                return png_of(fit_picture(session))
        case ".loss.csv":
            return loss_csv(session)
        case ".txt":
            return screen()
        case _:
            return content_of(as_scenario(session, name), ending, framework)
