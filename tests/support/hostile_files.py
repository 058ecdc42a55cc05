"""Scenario and CSV files that are hard to read: as large as a file may be, or just past a limit, each in its own way."""

from collections.abc import Callable, Iterator
from itertools import count, takewhile

SIZE, CSV_SIZE = 64_000, 4_000_000
HEAD = 'title = "T"\n[init]\nunits = 1\n[target]\npoints = [[0, 0]]\n'
CURVE = 'title = "T"\n[init]\nunits = 1\n[target]\nexpression = "{}"\ndomain = [0, 1]\nsamples = 100000\nnoise = 1\n'
FIFTEEN = ".".join("abcdefghijklmno")


def _full(piece: str, before: str = "", after: str = "") -> str:
    return before + piece * ((SIZE - len(before) - len(after)) // len(piece)) + after


def _each(piece: Callable[[int], str], before: str = "", after: str = "") -> str:
    """As many different pieces as there is room for."""
    size = len(before) + len(after)

    def fits(text: str) -> bool:
        nonlocal size
        size += len(text)
        return size <= SIZE

    return before + "".join(takewhile(fits, map(piece, count()))) + after


def _csv(row: str, header: str = "x,y\n") -> str:
    return header + row * ((CSV_SIZE - len(header)) // len(row))


TOML: dict[str, str | bytes] = {
    "10,000 dotted keys": "".join(f"{n:x}.a=0\n" for n in range(10_000))[:SIZE],
    "keys of 16 parts": _each(lambda n: f"{FIFTEEN}.{n} = 0\n"),
    "keys of 16 parts, their first different": _each(lambda n: f"{n}.{FIFTEEN} = 0\n"),
    "tables of 16 parts": _each(lambda n: f"[{FIFTEEN}.{n}]\n"),
    "tables of 16 parts, their first different": _each(lambda n: f"[{n}.{FIFTEEN}]\n"),
    "arrays of tables of 15 parts": _full(f"[[{FIFTEEN}]]\n"),
    "a key of more parts than may be": "a." * 16 + "b = 0",
    "a quoted key of more parts": "'a' . " * 16 + "b = 0",
    "one long key": "k" * 63_000 + " = 0",
    "unknown keys": _each(lambda n: f"k{n} = 0\n"),
    "arrays deeper than may be": "a = " + "[" * 17 + "]" * 17,
    "tables deeper than may be": "a = {" * 17 + "}" * 17,
    "arrays as deep as may be": _full("[" * 15 + "]" * 15 + ",", "a = [", "]"),
    "inline tables": _full("{a=0},", "a = [", "]"),
    "an inline table of keys": _each(lambda n: f"a{n} = 0, ", "a = {", "b = 0}"),
    "a key again and again": _full("title = 'a'\n"),
    "a table again and again": _full("[target]\n"),
    "brackets that never close": "a = " + "[" * 16,
    "empty units": _full("[[unit]]\n"),
    "units of unknown keys": _full("[[unit]]\nq = 1\n"),
    "points that are none": _full("0,", HEAD[: -len("[0, 0]]\n")], "0]"),
    "points of one number": _full("[0],", HEAD[: -len("[0, 0]]\n")], "[0, 0]]"),
    "points": _full("[0,0],", HEAD[: -len("[0, 0]]\n")], "[0, 0]]"),
    "points of tables": _full("[{},0],", HEAD[: -len("[0, 0]]\n")], "[0, 0]]"),
    "hints that are none": _full("0,", f"{HEAD}[exercise]\nhints = [", "0]"),
    "hints": _full("'a',", f"{HEAD}[exercise]\nhints = [", "'a']"),
    "locks that are none": _full("0,", "[[unit]]\nlock = [", "0]"),
    "an integer of a digit more than Python reads": "a = " + "9" * 4_301,
    "an integer that Python just reads": "[init]\nunits = " + "9" * 4_300,
    "a huge hexadecimal integer": "[init]\nunits = 0x" + "f" * 300,
    "a float of many digits": "[init]\nscale = " + "9" * 60_000 + ".0",
    "many underscores": "a = " + "1_" * 31_000 + "1",
    "numbers that are not finite": "[init]\nscale = 1e999\nseed = nan\n[training]\nlearning_rate = inf\nstop_below = -1e999",
    "dates": _full("1979-05-27T07:32:00.999999+01:01,", "a = [", "]"),
    "dates that never were": "a = 2023-02-30\nb = 1979-05-27T07:32:00+99:99",
    "a line of 64 kB": 'title = "' + "k" * 63_000 + '"',
    "a title of wide characters": 'title = "' + "\U0001f600" * 15_000 + '"',
    "a title of spaces": 'title = "' + "a " * 31_000 + '"',
    "a title of escapes": 'title = "' + "\\u0041" * 10_000 + '"',
    "a lesson of tabs": 'lesson = """' + "\t" * 63_000 + '"""',
    "a lesson of lines": "lesson = '''" + "a\n" * 31_000 + "'''",
    "a lesson of combining marks": f"lesson = '''a{chr(0x301) * 9}'''",
    "escaped line ends": 'a = """' + "\\\n" * 31_000 + '"""',
    "a backslash at the end": 'a = "' + "\\" * 60_000,
    "quotes": _full('"'),
    "apostrophes": _full("'"),
    "quotes that open and close": _full('""""""'),
    "powers of subnormal numbers": CURVE.format("(1e-310*x)" + "**1" * 13),
    "more of them than may be": CURVE.format("+".join(["(1e-310*x)**9"] * 20)),
    "comments": _full("#\n"),
    "line ends": _full("\n"),
    "carriage returns": _full("\r"),
    "spaces": _full(" "),
    "a key and spaces": "a" + " " * 63_000,
    "points and spaces": _full("a ."),
    "NUL": b"\0" * SIZE,
    "NUL in a string": b'title = "a\0b"',
    "invalid UTF-8": b'title = "\xff\xfe"',
    "surrogates in UTF-8": b'title = "\xed\xa0\x80"',
    "an overlong slash": b'title = "\xc0\xaf"',
    "a surrogate escaped": r'title = "\ud800"',
    "UTF-16": 'title = "T"'.encode("utf-16"),
    "byte order marks": b"\xef\xbb\xbf" * 20_000,
    "more than may be": "#" * (SIZE + 1),
}

CSV: dict[str, str | bytes] = {
    "100,000 points": "x,y\n" + "".join(f"{n * 0.7318 % 1:.16f},{n * 0.3119 % 1:.16f}\n" for n in range(100_000)),
    "more points than may be": _csv("1,2\n"),
    "the last is no number": "x,y\n" + "1,2\n" * 99_999 + "1,q\n",
    "one row of commas": _csv(",", "x,y\n1,2"),
    "rows of commas": _csv("," * 40 + "\n"),
    "rows with a note": _csv("1,2," + "\U0001f600" * 5 + "\n", "x,y,note\n")[:1_700_000],
    "empty lines": _csv("\n"),
    "lines of a space": _csv(" \n"),
    "carriage returns": _csv("\r"),
    "a header of a million columns": _csv("a,", "") + "x,y\n1,2",
    "a header of wide characters": _csv("\U0001f600,", "x,y,")[:1_400_000],
    "a quote that never closes": _csv("\n", 'x,y\n"'),
    "a quoted row over all lines": _csv('"\U0001f600\n",', "x,y\n")[:3_400_000],
    "a number of 4 MB": _csv("9", "x,y\n1,"),
    "numbers as long as may be": _csv("1," + "9" * 60_000 + "\n"),
    "numbers that are not finite": "x,y\n1,1e999\n",
    "numbers that are none": _csv("1_5,2\n")[:600_000],
    "decimal commas": _csv("0,5,1,25\n")[:900_000],
    "minus signs of typesetters": _csv("\u22121,\u22121e\u22121\n")[:1_000_000],
    "NUL": b"x,y\n1,\0\n",
    "invalid UTF-8 at the end": b"x,y\n" + b"1,2\n" * 99_999 + b"\xff",
    "more than may be": _csv("1,2\n") + "1,2\n",
    "decimal commas behind semicolons": "x;y\n" + "0,5;1,25\n" * 99_999,
    "UTF-16": ("x;y\n" + "0,5;1,25\n" * 99_999).encode("utf-16"),
    "UTF-16 of NUL": b"\xff\xfe" + b"\0" * 100_000,
    "times": "t,y\n" + "".join(f"20{n // 5000:02}-01-31 {n // 3600 % 24:02}:{n // 60 % 60:02},1\n" for n in range(99_999)),
    "missing cells": "x,y\n" + "1,NA\n" * 99_999,
    "thousands": _csv("5;1,234\n", "x;y\n")[:800_000],
    "rows of 31,000 cells": ("1," * 31_000 + "\n") * 60,
    "rows of 31,000 pictures": ("\U0001f600 " * 30_000 + "\n") * 25,
    "long cells with a picture": "x,y\n" + ("1," + "9" * 30_000 + "\U0001f600\n") * 130,
    "comments": "#\n" * 199_000,
    "a picture": bytes(range(1, 256)) * 10_000,
    "a quote at the start": '"x,y\n' + "1,2\n" * 99_000,
}


def all_files() -> Iterator[tuple[str, bytes, bytes]]:
    """Each with its name, the bytes of the scenario, and those of data.csv beside it."""
    for name, content in TOML.items():
        yield name, _raw(content), b""
    for name, content in CSV.items():
        yield f"CSV: {name}", HEAD.replace("points = [[0, 0]]", 'csv = "data.csv"').encode(), _raw(content)


def _raw(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content
