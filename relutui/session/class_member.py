"""A learner's membership of a class: the name that was chosen, and the report under it, written as the learner works."""

import errno
import hashlib
import json
import os
import secrets
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from relutui.lib import files
from relutui.lib.safe_text import quote_value, sanitize_line
from relutui.scenario.toml_table import MAX_BYTES, Table, one_of, single_line
from relutui.session.progress import Progress
from relutui.session.report import ReportError, read_report, report_of, report_text

FILE = "classes.json"  # in the learner's private folder
FORMAT = 1  # of the file
KEYS = "folder", "name", "id"  # of a class in it
MAX_NAME = 40  # characters
MAX_CLASSES = 20  # that are remembered; beyond that the oldest are forgotten
MAX_FILE_NAME = 200  # bytes without the suffix; file systems allow 255
KEPT = "LNM"  # of a name in the name of its file, by the categories of Unicode: letters, digits and the marks on them


class NameRefused(Exception):
    """A name cannot be taken; the message is one line."""


class Member(NamedTuple):
    """A learner in the class of a folder, which is a real path; id: by which the report is known to be this learner's."""

    folder: Path
    name: str
    id: str

    @property
    def path(self) -> Path:
        """The path of the report."""
        return self.folder / report_file(self.name)


def known_member(folder: Path, progress: Progress) -> Member | None:
    """Return who this learner already is in a class; None if a name is to be chosen.

    A report that has been taken out of the folder is written again, unless somebody else has taken the name since.
    Raises OSError.
    """
    real = folder.resolve(strict=True)
    remembered = _remembered().get(_key(real))
    if remembered is None or _is_anothers(member := Member(real, *remembered)):
        return None
    try:
        files.create_atomically(member.path, _text(member, progress))
    except FileExistsError:
        return None if _is_anothers(member) else member
    return member


def join(folder: Path, name: str, progress: Progress) -> Member:
    """Take a name in a class, write the first report there, and remember both.  Raises NameRefused and OSError.

    Whoever is in this class already, as in another window, stays who they are.
    """
    if known := known_member(folder, progress):
        return known
    member = Member(folder.resolve(strict=True), sanitize_line(name), secrets.token_hex(16))
    report_file(member.name)
    before = _remembered()
    _remember({key: known for key, known in before.items() if key != _key(member.folder)} | {_key(member.folder): member[1:]})
    try:
        files.create_atomically(member.path, _text(member, progress))
    except FileExistsError:
        _remember(before)
        taken = f"{quote_value(member.name)} is taken here, or one like it: choose another, such as your whole name"
        raise NameRefused(taken) from None
    return member


def report_file(name: str) -> str:
    """Return the name of the file of a learner's report: names that differ only in capitals or signs have the same.

    Raises NameRefused for what is no name.
    """
    if not name:
        raise NameRefused("a name is needed")
    if len(name) > MAX_NAME:
        raise NameRefused(f"expected at most {MAX_NAME} characters, got {len(name)}")
    plain = unicodedata.normalize("NFKC", name).casefold()
    kept = "".join(character if unicodedata.category(character)[0] in KEPT else " " for character in plain)
    stem = "-".join(kept.split()).encode()[:MAX_FILE_NAME].decode(errors="ignore")
    if not stem:
        raise NameRefused("expected a name with a letter or a digit")
    return f"{stem}.toml"


def hand_in(member: Member, progress: Progress) -> None:
    """Write the report of a progress, in the place of the last one.  Raises OSError, also if somebody else has the name now."""
    if _is_anothers(member):
        raise OSError(errno.EEXIST, "somebody else has your name there now; quit, and choose another")
    files.replace_atomically(member.path, _text(member, progress), follow_links=False)


def _text(member: Member, progress: Progress) -> str:
    return report_text(report_of(progress, member.name, member.id))


def _is_anothers(member: Member) -> bool:
    """Whether the file is a report with another id; one that was torn or changed is the member's still."""
    try:
        return read_report(files.read_regular(member.path, MAX_BYTES + 1, os.O_NOFOLLOW)).id != member.id
    except (OSError, ReportError):
        return False


def _remembered() -> dict[str, tuple[str, str]]:
    """Return the name and the id of this learner in each class, the newest last; none if they cannot be read."""
    try:
        values = json.loads(files.read_regular(_path(), MAX_BYTES))
    except (FileNotFoundError, ValueError, RecursionError):
        return {}
    problems: list[str] = []
    table = Table(values if isinstance(values, dict) else {}, "", problems)
    table.require("format", one_of((FORMAT,)), FORMAT)
    rows = [[row.require(key, single_line(64, least=1), "") for key in KEYS] for row in table.tables("class", MAX_CLASSES)]
    return {} if problems else {folder: (name, id) for folder, name, id in rows}


def _remember(members: Mapping[str, tuple[str, str]]) -> None:
    rows = [dict(zip(KEYS, (folder, *known))) for folder, known in members.items()]
    text = json.dumps({"format": FORMAT, "class": rows[-MAX_CLASSES:]}, ensure_ascii=False)
    files.replace_atomically(_path(), text)


def _key(folder: Path) -> str:
    """Return what stands for a folder in the file: a path may have characters that no text keeps."""
    return hashlib.sha256(os.fsencode(folder)).hexdigest()


def _path() -> Path:
    return files.state_folder() / FILE
