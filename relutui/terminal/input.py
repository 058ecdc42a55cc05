"""A parser of terminal input: turns keys, mouse events, pastes and replies, whole or in pieces, into messages.

Textual 8.2's own parser takes an unknown sequence, or one that comes in pieces, for typed text, and some bytes end the app or
its input.  Only its names of keys and its reading of the mouse are used.
"""

import math
import re
import unicodedata
from codecs import getincrementaldecoder
from collections.abc import Iterator, Sequence
from pathlib import Path

from textual import events, messages
from textual.constants import ESCAPE_DELAY
from textual.keys import Keys
from textual.message import Message

from relutui.lib.safe_text import sanitize
from relutui.terminal.textual_private import KeyNames

COMPLETION_TIMEOUT_S = 1.0  # of silence, after which the rest of a sequence or of a paste is no longer expected
GROUND_TIMEOUT_S = 5.0  # the same for the answer about the ground: a key must not be made of it, however slow the link
MAX_SEQUENCE_CHARS = 64  # a longer sequence is ignored
MAX_PASTE_CHARS = 4096  # the rest is dropped: no field takes more than a line

ESCAPE = "\x1b"
PASTE, PASTE_END = "\x1b[200~", "\x1b[201~"
FOCUS = {"\x1b[I": events.AppFocus, "\x1b[O": events.AppBlur}

# A character; the mouse as X10 has it; F1 to F5 of the Linux console; any CSI or SS3; replies that are strings; alt and a key.
_TOKEN = re.compile(
    r"""[^\x1b] | \x1b\[M[^\x1b]{3} | \x1b\[\[[A-E] | \x1b\[(?![M\[])[-0-?]*[ -/]*[@-~] | \x1bO[ -~]
    | \x1b\]\d+;[^\x07\x1b]*(\x07|\x1b\\) | \x1b(P[0-1>!$+]|_G)[^\x1b]*\x1b\\ | \x1b[^\x1b\[O\]P_]""",
    re.VERBOSE | re.DOTALL,
)
_INCOMPLETE = re.compile(
    r"""\x1b(\[M[^\x1b]{0,2} | \[\[ | \[[-0-?]*[ -/]* | O | \]\d*;[^\x07\x1b]*\x1b? | \]\d*
    | (P[0-1>!$+]|_G)[^\x1b]*\x1b? | P | _)?""",
    re.VERBOSE | re.DOTALL,
)
_AFTER_ESCAPE = re.compile(r"\[([A-FHIO]|[<>?\d][-\d:;]*\$?[@-~])|\]11;")
_MOUSE = re.compile(r"\x1b\[<\d{1,3};-?\d{1,5};-?\d{1,5}[Mm]")
# The keys of the keypad by their names in the kitty protocol, and those of its application mode that Textual 8.2 does not know.
_KEYPAD = {"decimal": ".", "divide": "/", "multiply": "*", "subtract": "-", "add": "+", "equal": "=", "separator": ","}
_APPLICATION_KEYPAD = {"\x1bOX": "=", "\x1bOl": ","}
_GROUND = re.compile(r"\x1b\]11;rgba?:" + r"/".join([r"([0-9a-fA-F]{1,4})"] * 3) + r"(/[0-9a-fA-F]{1,4})?(\x07|\x1b\\)")
_GROUND_BEGINS = "\x1b]11;"
_LIGHT_LUMINANCE = 0.18  # from which black stands out more than white
_SYNCHRONIZES = re.compile(r"\x1b\[\?2026;[1-3]\$y")


class InputDropped(Message):
    """Says how many characters of the input were dropped: more at once than anybody types or any field takes."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count


class FileUploaded(Message):
    """Says that the browser has uploaded a file, and where it lies."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path


class GroundReported(Message):
    """Says whether the terminal's own ground is light, as it has answered when it was asked."""

    def __init__(self, is_light: bool) -> None:
        super().__init__()
        self.is_light = is_light


class TerminalInput:
    """An incremental parser: takes bytes, gives messages, and keeps an incomplete sequence for the next bytes."""

    def __init__(self) -> None:
        self._names = KeyNames()
        self.forget()

    @property
    def timeout_s(self) -> float | None:
        """Seconds of silence after which to give up on an incomplete sequence; None if there is none."""
        if self._pasted is None and not self._rest:
            return None
        if self._rest.startswith(_GROUND_BEGINS):
            return GROUND_TIMEOUT_S
        return ESCAPE_DELAY if self._rest == ESCAPE and self._pasted is None else COMPLETION_TIMEOUT_S

    def forget(self) -> None:
        """Discard an incomplete sequence or paste."""
        self._decoder = getincrementaldecoder("utf-8")("surrogateescape")  # so that each bad byte stays one character
        self._rest = ""
        self._pasted: str | None = None
        self._dropped = 0
        self._escaped = False

    def feed(self, data: bytes) -> Iterator[Message]:
        """Yield the messages that are complete with these bytes."""
        text = self._decoder.decode(data)
        if self._escaped and _AFTER_ESCAPE.match(text):  # the escape was no key but the first byte of this
            self._rest = ESCAPE
        self._escaped = False
        text, at = self._rest + text, 0
        while at < len(text):
            if self._pasted is not None:
                end = text.find(PASTE_END, at)
                if end < 0:
                    end = len(text) - _partial_paste_end(text[at:])
                    self._keep(text[at:end])
                    at = end
                    break
                self._keep(text[at:end])
                yield from self._paste()
                at = end + len(PASTE_END)
            elif token := _TOKEN.match(text, at):
                at = token.end()
                yield from self._messages(token.group())
            elif _INCOMPLETE.fullmatch(text, at):
                break
            else:  # broken off
                begun = _INCOMPLETE.match(text, at)
                assert begun
                at = begun.end()
                if begun.group() == ESCAPE:
                    yield events.Key("escape", ESCAPE)
        rest = text[at:]
        self._rest = rest if len(rest) <= MAX_SEQUENCE_CHARS else rest[: MAX_SEQUENCE_CHARS - 1] + rest[-1]

    def give_up(self) -> Iterator[Message]:
        """Yield the messages of an incomplete sequence whose rest did not come."""
        rest, self._rest = self._rest, ""
        if self._pasted is not None:
            self._keep(rest)
            yield from self._paste()
        elif rest == ESCAPE:
            self._escaped = True
            yield events.Key("escape", ESCAPE)
        else:
            yield from self._keys(rest)

    def _messages(self, token: str) -> Iterator[Message]:
        if len(token) > MAX_SEQUENCE_CHARS:
            return
        if token == PASTE:
            self._pasted = ""
        elif token == PASTE_END:  # of a paste that was given up; Textual would name it a key, É
            return
        elif token in FOCUS:
            yield FOCUS[token]()
        elif _SYNCHRONIZES.fullmatch(token):
            yield messages.TerminalSupportsSynchronizedOutput()
        elif token.startswith(_GROUND_BEGINS):
            if answer := _GROUND.fullmatch(token):
                yield GroundReported(_luminance(answer.groups()[:3]) >= _LIGHT_LUMINANCE)
        elif _MOUSE.fullmatch(token):
            if mouse := self._names.mouse(token):
                yield mouse
        elif token.isascii() or token.isprintable():
            yield from self._keys(token)

    def _keys(self, sequence: str) -> Iterator[events.Key]:
        """Yield the keys that a sequence stands for, none if unknown; a keypad key becomes the key of its character."""
        try:
            keys = self._names.keys(_APPLICATION_KEYPAD.get(sequence, sequence))
        except (ValueError, OverflowError):  # a number that is no character of Unicode
            return
        for key in keys:
            if key.key in _KEYPAD:
                yield from self._keys(key.character or _KEYPAD[key.key])
            elif key.key != Keys.Ignore and not _is_unnamed(key.character):
                yield key

    def _keep(self, text: str) -> None:
        """Add text to the paste, up to MAX_PASTE_CHARS."""
        pasted = (self._pasted or "") + text
        self._pasted = pasted[:MAX_PASTE_CHARS]
        self._dropped += len(pasted) - len(self._pasted)

    def _paste(self) -> Iterator[Message]:
        """Yield the complete paste, and how much of it was dropped."""
        yield events.Paste(sanitize(self._pasted or ""))
        if self._dropped:
            yield InputDropped(self._dropped)
        self._pasted, self._dropped = None, 0


def _luminance(channels: Sequence[str]) -> float:
    """Return about how light a colour is, from 0 to 1; channels: red, green and blue in up to four hexadecimal digits each."""
    red, green, blue = (math.pow(int(channel, 16) / (16 ** len(channel) - 1), 2.2) for channel in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _is_unnamed(character: str | None) -> bool:
    """Whether a character stands for a key without a name: the kitty protocol numbers keys where Unicode has no characters."""
    return character is not None and unicodedata.category(character) in ("Co", "Cs")


def _partial_paste_end(text: str) -> int:
    """Return how many characters at the end of a text may begin PASTE_END."""
    return next(length for length in range(len(PASTE_END) - 1, -1, -1) if text.endswith(PASTE_END[:length]))
