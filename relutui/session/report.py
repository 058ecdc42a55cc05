"""The hand-in file: a learner's progress as TOML, with a checksum by which careless changes are noticed."""

import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any

from relutui import __version__
from relutui.lib.safe_text import quote_value
from relutui.scenario.toml_table import MAX_BYTES, Invalid, Table, one_of, read_toml, single_line
from relutui.scenario.writer import toml_section
from relutui.session.progress import MAX_ENTRIES, Progress, key_name
from relutui.session.progress_file import progress_values, read_progress

FORMAT = 1  # of the file
MAX_NAME = 60  # characters
_HEAD = "# What was solved and answered in relutui, for `relutui review`. A change by hand is noticed.\n\n"


class ReportError(Exception):
    """A file is no report, of another format, or changed; the message is one line."""


@dataclass(frozen=True)
class Report:
    """A learner's progress, of whom (empty if not given), and the version of relutui that wrote it.

    Scenarios are named without the folders of their files, and the progress has no settings.  id: by which a member of a class
    knows the own report; it says nothing of who that is.
    """

    progress: Progress
    name: str = ""
    version: str = __version__
    id: str = ""


def report_of(progress: Progress, name: str = "", id: str = "") -> Report:
    """Return the report of a progress, without anything that is not for others to see."""
    solved = {key_name(key): solved for key, solved in progress.solved.items()}
    opened = {key_name(key): when for key, when in progress.opened.items()}
    return Report(Progress(solved, opened, progress.answers), name, id=id)


def report_text(report: Report) -> str:
    """Return the text of a report; what is oldest is left out of one that would be larger than MAX_BYTES."""
    for most in range(MAX_ENTRIES, 0, -MAX_ENTRIES // 10):
        text = _text(replace(report, progress=report.progress.newest(most)))
        if len(text.encode()) <= MAX_BYTES:
            break
    return text


def read_report(content: bytes) -> Report:
    """Return the report of a file's content.  Raises ReportError."""
    problems: list[str] = []
    try:
        values = read_toml(content)
    except Invalid as error:
        raise ReportError(f"is no report of relutui: {error}") from None
    if not {"relutui", "format", "checksum"} <= values.keys():
        raise ReportError("is no report of relutui")
    if values["format"] != FORMAT:
        raise ReportError(
            f"is a report of another version of relutui: expected format {FORMAT}, got {quote_value(values['format'])}"
        )
    table = Table(values, "", problems)
    table.read("format", one_of((FORMAT,)), FORMAT)
    checksum, version = table.read("checksum", single_line(64), ""), table.read("relutui", single_line(20, least=1), "")
    name, id = table.read("name", single_line(MAX_NAME), ""), table.read("id", single_line(64), "")
    progress = read_progress(table)
    table.close()
    if problems:
        raise ReportError(f"was changed: {problems[0]}")
    if checksum != _checksum(values):
        raise ReportError("was changed after relutui wrote it: its checksum is another")
    return Report(progress, name, version, id)


def _text(report: Report) -> str:
    own = progress_values(report.progress)
    del own["show_everything"]
    named = {key: value for key, value in (("name", report.name), ("id", report.id)) if value}
    values = {"format": FORMAT, "relutui": report.version} | named
    lists = {key: rows for key, rows in own.items() if rows}
    head = toml_section(None, values | {"checksum": _checksum(values | lists)})
    return "\n".join([_HEAD + head, *(toml_section(f"[[{key}]]", row) for key, rows in lists.items() for row in rows)])


def _checksum(values: dict[str, Any]) -> str:
    """Return the SHA-256 of everything but the checksum, whatever the order of the keys and the spaces between them."""
    rest = {key: value for key, value in values.items() if key != "checksum"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, default=str).encode()).hexdigest()
