"""Text that would steer a terminal, harmlessly, if it came there: in every place where a file can have text."""

import re

# Colours, the clipboard (OSC 52), a title, a status report, a device control string, all of C0 and C1, what turns the reading
# direction, what has no width, line separators, tags, and three kinds of markup.
STEERING = (
    "\x1b[31mA\x1b]52;c;aGk=\x07B\x9b31mC\x9d0;hey\x9cD\x1b[6n\x90qhey\x1b\\E\u202eF\u2066G\u2069H\u200bI\ufeffJ\u2028K\x7fL\x08M"
    "\x1bcN\U000e0041O\x85P\x00Q\x0eR[red]S[/red][@click=app.bell]T[/][/foo]U\\[V"
)
_UNWANTED = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]")
HARMLESS = _UNWANTED.sub("", STEERING)


def scenario(text: str) -> str:
    """A scenario that says the text wherever it can."""
    said = _escaped(text)
    return f'''title = "{said[:60]}"
summary = "{said}"
lesson = """
# {said}
{said} [{said}](http://{said}) ![{said}]({said}) `{said}` <{said}>

- {said}

> {said}

| {said} | b |
|--------|---|
| {said} | d |

```{said}
{said}
```
"""
[target]
csv = "data.csv"
[[unit]]
w = 1.0
b = 0.0
v = 1.0
[exercise]
solved_below = 1e-9
hints = ["{said}", "2 {said}"]
'''


def bad_scenario(text: str) -> str:
    """A scenario with the text in everything that a complaint can quote."""
    said = _escaped(text)
    return f'''"{said}" = 1
title = ["{said}"]
[target]
expression = "{said}"
domain = ["{said}", 1]
"{said}" = "{said}"
csv = "{said}"
[network]
activation = "{said}"
[[unit]]
"{said}" = 1
w = "{said}"
lock = ["{said}"]
[training]
optimizer = "{said}"
'''


def csv_file(text: str) -> str:
    """A CSV file with the text in its header and beside its numbers; NUL, which no text has, left out."""
    quoted = text.replace('"', '""').replace("\0", "")
    return f'x,y,"{quoted}"\n0,1,"{quoted}"\n1,3,"{quoted}"\n2,2,\n'


def _escaped(text: str) -> str:
    """The text in a TOML string: what TOML forbids there written as escapes, the rest as it is."""
    return "".join(f"\\u{ord(c):04x}" if ord(c) < 32 or ord(c) == 127 else f"\\{c}" if c in '"\\' else c for c in text)
