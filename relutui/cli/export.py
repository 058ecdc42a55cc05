"""`relutui export`: takes a network out into a file of another program."""

import asyncio
from pathlib import Path

from relutui.cli.usage import UsageError, new_file
from relutui.exchange.export import content_of
from relutui.exchange.kinds import DRAWN, WRITTEN
from relutui.exchange.opening import open_named
from relutui.exchange.script import FRAMEWORKS, Framework
from relutui.lib.files import Content, create_atomically
from relutui.lib.safe_text import sanitize_line
from relutui.session.session import Session, open_session

SCREEN = (120, 36)  # columns and rows of a file of the screen


def export(name: str, output: str, framework: Framework | None) -> int:
    """Write the network of a scenario, at its start, to a new file whose ending says what it is to be."""
    ending = Path(output).suffix
    if ending not in WRITTEN:
        raise UsageError(f"{output}: expected a name that ends in {', '.join(WRITTEN)}")
    if framework and ending != ".py":
        raise UsageError(f"--framework {framework} is for a script, FILE.py; got {output}")
    file = new_file("FILE", output)
    scenario = open_named(name)
    if ending in DRAWN:
        content = _drawn(open_session(scenario), ending)
    else:
        content = content_of(scenario, ending, framework or FRAMEWORKS[0])
    create_atomically(file, content)
    print(sanitize_line(f"{file}: {WRITTEN[ending]}"))
    return 0


def _drawn(session: Session, ending: str) -> Content:
    if ending == ".txt":
        from relutui.cli.render import draw_screen

        return asyncio.run(draw_screen(session, SCREEN))
    from relutui.plot.svg import svg_of
    from relutui.ui.fit_picture import fit_picture

    return svg_of(fit_picture(session))
