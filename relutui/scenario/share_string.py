"""Share strings: a scenario as one word of text, to be pasted where a file cannot go."""

import re
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace

from relutui.lib.safe_text import quote_value
from relutui.scenario.reader import parse
from relutui.scenario.scenario import Scenario, ScenarioError
from relutui.scenario.toml_table import MAX_BYTES

PREFIX = "relutui:"
MAX_CHARACTERS = 90_000  # those of a scenario of MAX_BYTES that cannot be compressed at all, and some more
MAX_NAME = 24  # characters of the title in the name
SOURCE = "share string"  # in messages


def is_share_string(text: str) -> bool:
    """Whether a text is meant as a share string, and neither as a name nor as a path."""
    return text.lstrip().startswith(PREFIX)


def share_string(scenario: Scenario) -> str:
    """Write a scenario as TOML, compressed by zlib, in base64url without padding; the points of a CSV file are listed.

    Raises ScenarioError if that is more than a scenario file may hold.
    """
    from relutui.scenario.writer import to_toml  # imported on demand: start-up time counts

    try:
        text = to_toml(scenario).encode()
    except ScenarioError:
        text = None
    if text is None or len(text) > MAX_BYTES:  # of large layers
        raise ScenarioError(
            f"{scenario.name}: more than the {MAX_BYTES // 1000} kB that a share string may hold: "
            f"{scenario.start.units} units, {len(scenario.dataset)} points; hand on its files instead"
        )
    return PREFIX + urlsafe_b64encode(zlib.compress(text, 9)).decode().rstrip("=")


def read_share_string(text: str) -> Scenario:
    """Read the scenario of a share string, in which blanks and line ends do not count.  Raises ScenarioError.

    However it is made, no more than the bytes of a scenario file are ever unpacked.
    """
    scenario = parse(_unpacked("".join(text.split()).removeprefix(PREFIX)), "shared", None, source=SOURCE)
    title = re.sub(r"\W+", "-", scenario.title.lower())[:MAX_NAME].strip("-")
    return replace(scenario, name=f"shared-{title}" if title else "shared")


def _unpacked(code: str) -> bytes:
    if not code:
        raise ScenarioError(f"{SOURCE}: expected more behind {PREFIX}")
    if len(code) > MAX_CHARACTERS:
        raise ScenarioError(f"{SOURCE}: expected at most {MAX_CHARACTERS} characters, got {len(code)}")
    if strange := re.search(r"[^A-Za-z0-9_-]", code):
        place = len(PREFIX) + strange.start() + 1
        raise ScenarioError(f"{SOURCE}: character {place}: expected a letter, a digit, - or _, got {quote_value(strange[0])}")
    code = code[: len(code) - (len(code) % 4 == 1)]  # a single one is no byte
    unpacking = zlib.decompressobj()
    try:
        unpacked = unpacking.decompress(urlsafe_b64decode(code + "=" * (-len(code) % 4)), MAX_BYTES + 1)
    except zlib.error:
        raise ScenarioError(f"{SOURCE}: damaged; copy it again, all of it") from None
    if len(unpacked) > MAX_BYTES:
        raise ScenarioError(f"{SOURCE}: expected a scenario of at most {MAX_BYTES // 1000} kB")
    if not unpacking.eof:
        raise ScenarioError(f"{SOURCE}: its end is missing; copy all of it")
    if unpacking.unused_data:
        raise ScenarioError(f"{SOURCE}: something follows its end; copy it again, and nothing else")
    return unpacked
