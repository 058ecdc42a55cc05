"""Members of a class: each name is one learner's, who comes back under it; and nobody's report is overwritten."""

import errno
import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from relutui.session.class_folder import ClassFolder
from relutui.session.class_member import Member, NameRefused, hand_in, join, known_member, report_file
from relutui.session.progress import Answer, Progress
from relutui.session.report import Report, read_report, report_text

SOME = Progress(opened={"lab": 5}, answers=(Answer("lab 1", "x = 3", False, "the kink is at -b, whatever w is", 7),))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "class").mkdir()
    return tmp_path / "class"


@pytest.fixture
def learner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Learner":
    return Learner(tmp_path, monkeypatch)


class Learner:
    """Whose turn it is: each has a private folder of their own."""

    def __init__(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._tmp_path, self._monkeypatch = tmp_path, monkeypatch
        self.is_("first")

    def is_(self, who: str) -> None:
        self._monkeypatch.setenv("XDG_STATE_HOME", str(self._tmp_path / who))


def reports(folder: Path) -> dict[str, Report]:
    return {path.name: read_report(path.read_bytes()) for path in folder.iterdir() if not path.is_symlink()}


@pytest.mark.usefixtures("learner")
def test_a_report_is_there_at_once_and_follows_what_is_done(folder: Path) -> None:
    assert known_member(folder, Progress()) is None
    member = join(folder, "  Ann \x1b[2J Lee", Progress())
    assert member.name == "Ann [2J Lee"
    assert reports(folder) == {"ann-2j-lee.toml": Report(Progress(), "Ann [2J Lee", id=member.id)}
    hand_in(member, SOME)
    (file,) = ClassFolder(folder).read().files
    assert (file.problem, file.report and file.report.progress) == ("", SOME)


def test_the_second_of_a_name_is_told_and_the_first_comes_back(folder: Path, learner: Learner) -> None:
    ann = join(folder, "Ann", SOME)
    learner.is_("second")
    for name in ("Ann", "ANN", " ann! ", "Ａｎｎ"):
        with pytest.raises(NameRefused, match="is taken here, or one like it: choose another"):
            join(folder, name, Progress())
    assert known_member(folder, Progress()) is None
    bob = join(folder, "Ann B.", Progress())
    assert known_member(folder, Progress()) == bob
    learner.is_("first")
    assert known_member(folder, SOME) == ann
    assert join(folder, "another name", SOME) == ann  # in a second window
    assert reports(folder) == {
        "ann.toml": Report(SOME, "Ann", id=ann.id),
        "ann-b.toml": Report(Progress(), "Ann B.", id=bob.id),
    }


def test_what_was_taken_out_is_written_again_but_not_over_somebody_elses(folder: Path, learner: Learner) -> None:
    ann = join(folder, "Ann", SOME)
    ann.path.unlink()
    assert known_member(folder, SOME) == ann
    assert ann.path.exists()
    ann.path.unlink()
    learner.is_("second")
    other = join(folder, "Ann", Progress())
    learner.is_("first")
    assert known_member(folder, SOME) is None
    with pytest.raises(OSError, match="somebody else has your name there now"):
        hand_in(ann, SOME)
    assert reports(folder) == {"ann.toml": Report(Progress(), "Ann", id=other.id)}
    assert join(folder, "Ann 2", SOME).name == "Ann 2"


@pytest.mark.usefixtures("learner")
def test_a_report_that_was_handed_in_by_hand_is_not_overwritten(folder: Path) -> None:
    (folder / "ann.toml").write_text(report_text(Report(SOME, "Ann")))
    with pytest.raises(NameRefused):
        join(folder, "Ann", Progress())


@pytest.mark.usefixtures("learner")
def test_a_torn_report_of_ones_own_is_written_anew_and_a_link_is_not_followed(folder: Path, tmp_path: Path) -> None:
    ann = join(folder, "Ann", Progress())
    ann.path.write_bytes(ann.path.read_bytes()[:50])
    assert known_member(folder, SOME) == ann
    hand_in(ann, SOME)
    assert reports(folder)["ann.toml"].progress == SOME
    (tmp_path / "precious").write_text("mine")
    ann.path.unlink()
    ann.path.symlink_to(tmp_path / "precious")
    hand_in(ann, SOME)
    assert (tmp_path / "precious").read_text() == "mine"
    assert reports(folder)["ann.toml"].progress == SOME


@pytest.mark.usefixtures("learner")
def test_each_class_has_its_own_name(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other\n\udcff"
    other.mkdir()
    ann, eve = join(folder, "Ann", SOME), join(other, "Eve", SOME)
    (tmp_path / "link").symlink_to(folder)
    assert [known_member(each, SOME) for each in (folder, other, tmp_path / "link")] == [ann, eve, ann]


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b'{"format": 2}', b'{"format": 1, "class": [{"folder": 3}]}'])
def test_what_is_remembered_may_be_spoiled(content: bytes, folder: Path, state_folder: Path) -> None:
    join(folder, "Ann", SOME)
    (state_folder / "classes.json").write_bytes(content)
    assert known_member(folder, SOME) is None
    assert join(folder, "Ann 2", SOME).name == "Ann 2"


@pytest.mark.usefixtures("learner")
def test_a_folder_that_is_gone_is_an_error(folder: Path) -> None:
    ann = join(folder, "Ann", SOME)
    ann.path.unlink()
    folder.rmdir()
    with pytest.raises(FileNotFoundError):
        known_member(folder, SOME)
    with pytest.raises(FileNotFoundError):
        join(folder, "Ann", SOME)
    with pytest.raises(FileNotFoundError):
        hand_in(ann, SOME)


@pytest.mark.usefixtures("learner")
def test_a_folder_that_may_be_written_but_not_listed_is_enough(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain_open = os.open

    def refusing(path: "str | Path", *rest: int) -> int:
        if Path(path) == folder:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return plain_open(path, *rest)

    monkeypatch.setattr(os, "open", refusing)
    hand_in(join(folder, "Ann", Progress()), SOME)
    assert reports(folder)["ann.toml"].progress == SOME


@pytest.mark.parametrize(
    ("name", "said"),
    [("", "a name is needed"), ("!?", "expected a name with a letter or a digit"), ("n" * 41, "at most 40 characters, got 41")],
)
def test_what_is_no_name_is_refused(name: str, said: str, folder: Path, learner: Learner) -> None:
    with pytest.raises(NameRefused, match=said):
        join(folder, name, Progress())
    assert list(folder.iterdir()) == []


@example("../../etc/passwd")
@example(".hidden")
@example("a\0b/c")
@example("ﷺ" * 40)
@example("को" * 20)
@given(st.text(min_size=1, max_size=40))
def test_any_name_makes_a_plain_file_name_or_is_refused(name: str) -> None:
    try:
        file = report_file(name)
    except NameRefused:
        return
    assert file.endswith(".toml")
    assert not file.startswith(".")
    assert not {"/", "\0", "\n", " "} & set(file)
    assert len(os.fsencode(file)) <= 255
    assert Member(Path("/c"), name, "").path.parent == Path("/c")


def test_names_in_other_scripts_stay_apart() -> None:
    assert len({report_file(name) for name in ("कि", "का", "金田", "Éva", "Eva")}) == 5
