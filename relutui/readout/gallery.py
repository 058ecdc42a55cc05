"""The contents of the gallery: the chapters of the course with what is done, what is not written, and files of one's own."""

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from relutui.lib.face import IN_BROWSER
from relutui.lib.files import File
from relutui.lib.safe_text import sanitize_line
from relutui.readout.preview import PreviewReadout, Unread, read_preview
from relutui.readout.unwritten import work_done
from relutui.scenario.course import COURSE
from relutui.scenario.csv_scenario import SUFFIXES, CsvQuestion
from relutui.scenario.library import load, own_files, shipped
from relutui.scenario.scenario import Scenario, ScenarioError
from relutui.session.course_progress import is_done, next_in_course
from relutui.session.other_sessions import is_left_solved
from relutui.session.progress import Progress
from relutui.session.session import Session

MAX_READ_BYTES = 100_000  # of a file, up to which it is read to be drawn in the list
MAX_RECENT = 8  # files opened before, from other folders
DONE, NEXT = "✓", "next"


class Entry(NamedTuple):
    """A scenario of the list, or a kept session; opens: the name or path that opens it.

    shown: its preview, why it is not drawn yet, or the error if it cannot be read; mark: DONE, NEXT or nothing.
    """

    name: str
    title: str
    shown: PreviewReadout | Unread | str
    mark: str = ""
    opens: str = ""
    kept: Session | None = None


class Section(NamedTuple):
    """Some entries under a heading."""

    heading: str
    entries: tuple[Entry, ...]


class GalleryReadout(NamedTuple):
    """The sections from the top, the entry to be marked first, and how much of the course is done."""

    sections: tuple[Section, ...]
    marked: Entry | None
    done: str

    def without(self, dropped: Entry) -> "GalleryReadout":
        """Return the gallery without an entry, and without its section if that is empty then."""
        return self._replace(sections=_filtered(self.sections, lambda entry: entry is not dropped))


def read_gallery(session: Session, folder: Callable[[], Path]) -> GalleryReadout:
    """Compute the gallery; folder: returns the present folder, or raises OSError if it is gone.

    The present scenario is marked first; if it is done or not listed, what comes next in the course.
    """
    read = {name: _read_unchanged(File.at(path)) for name, path in shipped().items()}
    known = {name: scenario for name, scenario in read.items() if isinstance(scenario, Scenario)}
    progress, following = session.progress, next_in_course(known, session.progress)

    def entry(name: str) -> Entry:
        scenario = read[name]
        done = isinstance(scenario, Scenario) and is_done(name, scenario, progress)
        return _entry(name, name, scenario, DONE if done else NEXT if name == following else "")

    chapters = [
        (f"{number} {chapter.title}", [name for name in chapter.scenarios if name in read])
        for number, chapter in enumerate(COURSE, 1)
    ]
    taught = {name for _, names in chapters for name in names}
    chapters.append(("More", [name for name in read if name not in taught]))
    others = session.other_sessions
    solved = [one for one in others if is_left_solved(one, progress)]
    sections = [
        Section("Not written", tuple(_kept_entry(one) for one in others if one not in solved)),
        *(Section(heading, tuple(map(entry, names))) for heading, names in chapters),
        *_own_sections(progress, folder),
        Section("Solved, as you left them", tuple(map(_kept_entry, solved))),
    ]
    done = sum(is_done(name, scenario, progress) for name, scenario in known.items() if name in taught)
    listed = {entry.opens: entry for section in sections for entry in section.entries if not entry.kept}
    present = listed.get(session.scenario.name)
    first = present if present and present.mark != DONE else listed.get(following or "", present)
    return GalleryReadout(
        _filtered(tuple(sections), lambda entry: True), first, f"✓ {done} of {len(taught)} solved or answered"
    )


def matching(readout: GalleryReadout, words: str) -> GalleryReadout:
    """Return the entries with all of the words in their name, title or summary; the whole gallery for a path or no words.

    The entry of that very name is the marked one.
    """
    wanted = words.casefold().split()
    if not wanted or is_path(words):
        return readout
    found = _filtered(readout.sections, lambda entry: all(word in _text(entry) for word in wanted))
    named = (entry for section in found for entry in section.entries if [entry.name.casefold()] == wanted)
    return readout._replace(sections=found, marked=next(named, None))


def is_path(words: str) -> bool:
    """Return whether words are meant as the path of a file rather than as a search."""
    return os.sep in words or words.startswith("~") or words.strip().casefold().endswith((".toml", *SUFFIXES))


def _text(entry: Entry) -> str:
    summary = entry.shown.summary if isinstance(entry.shown, PreviewReadout) else ""
    return f"{entry.name} {entry.title} {summary}".casefold()


def _filtered(sections: tuple[Section, ...], keeps: Callable[[Entry], bool]) -> tuple[Section, ...]:
    kept = (Section(section.heading, tuple(filter(keeps, section.entries))) for section in sections)
    return tuple(section for section in kept if section.entries)


def _own_sections(progress: Progress, folder: Callable[[], Path]) -> list[Section]:
    """The scenario files of the present folder, and those of other folders that were opened last and are still there."""
    try:
        here = own_files(folder())
    except OSError:
        here = []
    opened = sorted((key for key in progress.opened if os.path.isabs(key)), key=progress.opened.__getitem__, reverse=True)
    recent = [path for path in map(Path, opened) if path not in here and path.is_file()][:MAX_RECENT]
    return [
        Section("Files that you uploaded" if IN_BROWSER.get() else "Files of this folder", tuple(map(_file_entry, here))),
        Section("Opened before", tuple(map(_file_entry, recent))),
    ]


def _file_entry(path: Path) -> Entry:
    name = sanitize_line(path.name)
    stamp = File.at(path).stamp
    if stamp and stamp[1] > MAX_READ_BYTES:  # a CSV file, or a scenario of large layers
        return Entry(name, name, Unread(f"{stamp[1] / 1e6:.1f} MB: read when it is opened"), "", str(path))
    try:
        return _entry(name, str(path), load(path), "")
    except CsvQuestion as question:
        return Entry(name, name, Unread(f"{question}"), "", str(path))
    except ScenarioError as error:
        return _entry(name, str(path), str(error), "")


def _kept_entry(session: Session) -> Entry:
    scenario = session.scenario
    return Entry(scenario.name, f"● {scenario.name}: {work_done(session)}", read_preview(scenario), kept=session)


def _entry(name: str, opens: str, scenario: Scenario | str, mark: str) -> Entry:
    if isinstance(scenario, str):
        return Entry(name, "✗ unreadable", scenario, mark, opens)
    return Entry(name, scenario.title, read_preview(scenario), mark, opens)


@cache
def _read_unchanged(file: File) -> Scenario | str:
    """Return the scenario of a file, which is read again only if it has changed."""
    return _read(file.path)


def _read(path: Path) -> Scenario | str:
    """Return the scenario of a file, or why it cannot be read."""
    try:
        return load(path)
    except ScenarioError as error:
        return str(error)
