"""`relutui export`: takes a network out into a file of another program."""

import asyncio
from functools import partial
from pathlib import Path

from relutui.cli.session_options import open_named
from relutui.cli.usage import UsageError, new_file
from relutui.exchange.kinds import WRITTEN, Framework, ending_of, framework_of
from relutui.lib.files import create_atomically
from relutui.lib.safe_text import sanitize_line
from relutui.scenario.csv_choice import CsvChoice
from relutui.session.session import Session, open_session
from relutui.ui.export_content import session_content

SCREEN = (120, 36)  # columns and rows of a file of the screen


def export(name: str, output: str, framework: Framework | None, choice: CsvChoice) -> int:
    """Write the network of a scenario, at its start, to a new file whose ending says what it is to be."""
    ending = ending_of(Path(output))
    if ending not in WRITTEN:
        raise UsageError(f"{output}: expected a name that ends in {', '.join(WRITTEN)}")
    if framework and ending != ".py":
        raise UsageError(f"--framework {framework} is for a script, FILE.py; got {output}")
    file = new_file("FILE", output)
    session = open_session(open_named(name, choice))
    content = session_content(session, file.stem, ending, partial(_screen, session), framework or framework_of(file))
    create_atomically(file, content)
    print(sanitize_line(f"{file}: {WRITTEN[ending]}"))
    return 0


def _screen(session: Session) -> str:
    from relutui.cli.render import draw_screen  # which needs all of the app

    return asyncio.run(draw_screen(session, SCREEN))
