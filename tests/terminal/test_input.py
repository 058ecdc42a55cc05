"""Whatever a terminal sends, what Textual's own parser reads rightly is the standard; then what that cannot stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser
from textual.message import Message

from relutui.terminal.input import (
    COMPLETION_TIMEOUT_S,
    GROUND_TIMEOUT_S,
    MAX_PASTE_CHARS,
    MAX_SEQUENCE_CHARS,
    GroundReported,
    InputDropped,
    TerminalInput,
)

KITTY = [
    "\x1b[97;;97u",
    "\x1b[97;5u",
    "\x1b[13u",
    "\x1b[27u",
    "\x1b[57359u",
    "\x1b[1;2A",
    "\x1b[3;5~",
    "\x1b[97;2;65u",
    "\x1b[233;;233u",
]


MOUSE = ["\x1b[<0;5;7M", "\x1b[<0;5;7m", "\x1b[<35;80;24M", "\x1b[<64;1;1M", "\x1b[<65;3;2M", "\x1b[<35;-1;3M"]


OTHER = ["\x1b[I", "\x1b[O", "\x1b[?2026;2$y", "\x1b[?2026;0$y", "\x1b[200~pasted\ntext\x1b[201~"]


TYPED = ["abc", "+-<>", "\r\t\x7f", "\x03", "\x00", "é日🙂"]


# Escape and five of rxvt's are waited for; three Textual takes for replies, and two are of keyboards that send no UTF-8.
OTHERWISE = "\x1b", "\x1b\x1b", "\x1b[1;2R", "\x1b[1;5R", "\x1b[1;6R", "\x9b", "\x1b§"


SEQUENCES = [sequence for sequence in ANSI_SEQUENCES_KEYS if sequence[-1] != "$" and sequence not in OTHERWISE]


REPLIES = [*KITTY, *MOUSE, *OTHER, "\x1b[A", "\x1b[15~", "\x1b[?1u", "\x1b[?62;22c", "\x1b[>41;377;0c", "\x1b[?2048;0$y"]


UNKNOWN = [
    *(
        "\x1b[?1u",
        "\x1b[?62;22c",
        "\x1b[>41;377;0c",
        "\x1b[?2048;1$y",
        "\x1b[8;36;120t",
        "\x1b[M !!",
        "\x1b[35;10;10M",
        "\x1b[0n",
    ),
    *(
        "\x1b]11;rgb:1e1e/1e1e\x07",
        "\x1b]11;#1e1e1e\x1b\\",
        "\x1b]10;rgb:1e1e/1e1e/1e1e\x07",
        "\x1bP>|XTerm(377)\x1b\\",
        "\x1bP1$r0m\x1b\\",
    ),
    *("\x1b_Gi=31;OK\x1b\\", "\x1bq", "\x1b[?" + "1;" * 40 + "c", "\x1b]11;" + "1e/" * 40 + "\x07", "\x9b", "\u202e"),
    *("\x1b[12\x1b[?1u", "\x1b[12é"[:-1], "\x1bO", "\x1b]1", "\x1b]1;x", "\x1bP1$r", "\x1bP", "\x1b[M !", "\x1b[["),
]


def told(message: Message) -> tuple[object, ...]:
    """What a message says."""
    kept = "key", "character", "is_light", "x", "y", "button", "shift", "ctrl", "text", "count"
    return type(message), *(getattr(message, name, None) for name in kept)


def read(*pieces: str | bytes, silence: float = 0.0) -> list[tuple[object, ...]]:
    """The messages of some pieces, with so many seconds of silence after each."""
    incoming = TerminalInput()
    found: list[Message] = []
    for piece in pieces:
        found += incoming.feed(piece.encode() if isinstance(piece, str) else piece)
        if incoming.timeout_s is not None and incoming.timeout_s <= silence:
            found += incoming.give_up()
    return [told(message) for message in found]


def key(name: str, character: str | None = None) -> tuple[object, ...]:
    return told(events.Key(name, character))


ESCAPE = key("escape", "\x1b")


@pytest.mark.parametrize("sequence", [*SEQUENCES, *KITTY, *MOUSE, *OTHER, *TYPED])
def test_what_textual_reads_is_read_as_textual_does(sequence: str) -> None:
    assert read(sequence) == [told(message) for message in XTermParser().feed(sequence)]


@pytest.mark.parametrize("sequence", REPLIES)
def test_what_comes_in_pieces_is_the_same_as_whole(sequence: str) -> None:
    whole = read(sequence)
    for place in range(1, len(sequence)):
        pieces = read(sequence[:place], sequence[place:], silence=0.9 * COMPLETION_TIMEOUT_S)
        assert pieces == [ESCAPE, *whole] if place == 1 else pieces == whole, place
    assert read("\x1b[", *sequence[2:], silence=0.9 * COMPLETION_TIMEOUT_S) == whole


@pytest.mark.parametrize("sequence", UNKNOWN)
def test_what_is_not_known_is_not_typed_and_keeps_nothing_from_being_heard(sequence: str) -> None:
    assert read(sequence, "a", silence=COMPLETION_TIMEOUT_S) == [key("a", "a")]


# As in https://sw.kovidgoyal.net/kitty/keyboard-protocol/#functional-key-definitions, alone, and with num lock (128) and the
# text of the key, which Textual asks terminals for; then as in xterm's application mode.
@pytest.mark.parametrize(
    ("number", "application", "character"),
    [
        (57413, "k", "+"),
        (57412, "m", "-"),
        (57415, "X", "="),
        (57409, "n", "."),
        (57416, "l", ","),
        (57410, "o", "/"),
        (57411, "j", "*"),
        *((57399 + digit, "pqrstuvwxy"[digit], str(digit)) for digit in range(10)),
    ],
)
def test_the_keypad_is_as_the_keys_with_its_characters(number: int, application: str, character: str) -> None:
    typed = read(character)
    assert read(f"\x1b[{number}u") == typed
    assert read(f"\x1b[{number};;{ord(character)}u") == typed
    assert read(f"\x1b[{number};129;{ord(character)}u") == typed
    assert read(f"\x1bO{application}") == typed


def test_the_keypad_gives_what_its_keyboard_has_on_it() -> None:
    assert read("\x1b[57409;129;44u") == read(",")  # the point of a German keyboard
    assert read("\x1b[57414u")[0][1] == read("\x1bOM")[0][1] == "enter"
    assert [name for _, name, *_ in read("\x1b[57419u\x1b[57420u\x1b[57417u\x1b[57418u")] == ["up", "down", "left", "right"]
    assert read("\x1b[57413;5u") == [key("ctrl+add")]


@pytest.mark.parametrize("number", [57427, 57455, 63743])
def test_a_key_without_a_name_types_nothing(number: int) -> None:
    assert read(f"\x1b[{number}u", f"\x1b[{number};129u") == []


def test_the_escape_key_is_heard_after_a_moment_and_at_once_before_another_key() -> None:
    assert read("\x1b", silence=0.1) == [ESCAPE]
    assert read("\x1b", silence=0.09) == []
    assert read("\x1b\x1b[A") == [ESCAPE, key("up")]
    assert read("\x1b[3$", silence=COMPLETION_TIMEOUT_S) == [key("shift+delete")]
    assert read("\x1b", "[", "I", silence=0.1) == [ESCAPE, key("left_square_bracket", "["), key("I", "I")]


def test_bytes_that_are_no_text_are_passed_over() -> None:
    assert read(b"a\xffb\xc3(\xed\xa0\x80\xf5") == [key("a", "a"), key("b", "b"), key("left_parenthesis", "(")]
    assert read(b"\xe6", b"\x97", b"\xa5", silence=COMPLETION_TIMEOUT_S) == [key("日", "日")]
    assert read(b"\x1b[M \xff\xffa") == [key("a", "a")]  # how X10 tells of column 223


def test_a_paste_is_cut_scrubbed_and_ends_with_silence() -> None:
    assert read("\x1b[200~", *["1234567890"] * 1000, "\x1b[201~") == [
        told(events.Paste(("1234567890" * 1000)[:MAX_PASTE_CHARS])),
        told(InputDropped(10_000 - MAX_PASTE_CHARS)),
    ]
    assert read("\x1b[200~a\x1b]52;c;\x07b\u202e\x9b\x1b[201~x") == [told(events.Paste("a]52;c;b")), key("x", "x")]
    assert read("\x1b[200~\x1b[A\x1b[201~") == [told(events.Paste("[A"))]
    # An end that comes too late is that of nothing.
    assert read("\x1b[200~1", "\x1b[201~x", silence=COMPLETION_TIMEOUT_S) == [told(events.Paste("1")), key("x", "x")]


@pytest.mark.parametrize("error", [ValueError, OverflowError])
def test_a_sequence_that_textual_fails_to_name_is_no_key(error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(XTermParser, "_sequence_to_key_events", fail)
        assert read("\x1b[97;5u") == []


def test_what_is_too_long_for_a_sequence_never_reaches_textual(monkeypatch: pytest.MonkeyPatch) -> None:
    reached: list[str] = []

    def record(_: object, sequence: str) -> list[events.Key]:
        reached.append(sequence)
        return []

    monkeypatch.setattr(XTermParser, "_sequence_to_key_events", record)
    for length in (MAX_SEQUENCE_CHARS, MAX_SEQUENCE_CHARS + 1):
        read("\x1b[" + "1" * (length - 3) + "~")
    assert [len(sequence) for sequence in reached] == [MAX_SEQUENCE_CHARS]


HOSTILE = st.lists(
    st.binary(max_size=20)
    | st.sampled_from(
        [sequence.encode() for sequence in [*KITTY, *MOUSE, *OTHER, *TYPED, *UNKNOWN, "\x1b[200~", "\x1b[201~", "\x1b"]]
    )
).map(b"".join)


@given(HOSTILE, st.lists(st.integers(1, 100)))
def test_any_bytes_in_any_pieces_are_read(data: bytes, lengths: list[int]) -> None:
    pieces = []
    left = data
    for length in lengths:
        pieces.append(left[:length])
        left = left[length:]
    assert read(*pieces, left) == read(data)
    assert read(data, "", "a", silence=COMPLETION_TIMEOUT_S)[-1:] == [key("a", "a")]
    incoming = TerminalInput()
    for piece in [*pieces, left]:
        list(incoming.feed(piece))
        assert len(incoming._rest) <= MAX_SEQUENCE_CHARS
        assert len(incoming._pasted or "") <= MAX_PASTE_CHARS


ANSWER = "\x1b]11;rgb:ffff/ffff/dddd\x1b\\"


@pytest.mark.parametrize(
    ("colour", "is_light"),
    [
        ("rgb:ffff/ffff/ffff", True),
        ("rgb:fd/f6/e3", True),
        ("rgb:f/f/f", True),
        ("rgba:FFFF/FFFF/DDDD/8000", True),
        ("rgb:0000/0000/0000", False),
        ("rgb:1e1e/1e1e/2e2e", False),
        ("rgb:0000/2b2b/3636", False),
        ("rgb:0000/0000/ffff", False),
    ],
)
@pytest.mark.parametrize("end", ["\x07", "\x1b\\"])
def test_a_ground_is_light_or_not(colour: str, is_light: bool, end: str) -> None:
    assert read(f"\x1b]11;{colour}{end}") == [told(GroundReported(is_light))]


def test_an_answer_about_the_ground_in_pieces_types_nothing() -> None:
    for place in range(6, len(ANSWER)):
        pieces = read(ANSWER[:place], ANSWER[place:], "a", silence=0.9 * GROUND_TIMEOUT_S)
        assert pieces == [told(GroundReported(True)), key("a", "a")], place
    for place in range(1, 6):
        pieces = read(ANSWER[:place], ANSWER[place:], "a", silence=0.9 * COMPLETION_TIMEOUT_S)
        assert pieces == [*[ESCAPE] * (place == 1), told(GroundReported(True)), key("a", "a")], place
    assert read(*ANSWER, "a") == [told(GroundReported(True)), key("a", "a")]


def test_an_answer_that_never_ends_keeps_nothing_from_being_heard() -> None:
    assert read(ANSWER[:15], "a", silence=GROUND_TIMEOUT_S) == [key("a", "a")]
