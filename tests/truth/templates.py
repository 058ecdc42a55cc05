"""Sentences as templates: what is fixed in them, and where numbers, units and places stand.

A template is the sentence itself, with `{name:kind}` for what varies, `<name=one|other>` for a choice of words, and `[...]`
around what may be missing, as in "Unit {unit:d} is off until x = {kink:n}[, except for a leak of {leak:n} z]."
"""

import re
from dataclasses import dataclass
from functools import cached_property

NUMBER = r"[+-]?(?:\d+(?:,\d{3})*(?:\.\d+)?(?:e[+-]?\d+)?|inf)"
STRETCH = rf"[(\[]{NUMBER}, {NUMBER}[)\]]"
CHANGE = rf"(?:[wbv] of unit \d+|c) by {NUMBER}"
MOVED = rf"kink \d+ at x = {NUMBER}"
PLACES = rf"(?:x = {NUMBER}(?:, x = {NUMBER})*(?: and x = {NUMBER})?|\d+ places)"
IN_SCALED = "[<scaled= in scaled units>]"  # after a number of a case whose data have a scale
PROBLEM = r"[xy] is (?:far from 0|large|small)"
ADVICE = rf"{PROBLEM}(?: and {PROBLEM})*: press % for scale = \"standard\" under \[target\], or [\w ]+"
KINDS = {
    "n": NUMBER,
    "d": r"\d+",
    "line": rf"{NUMBER} (?:scaled )?x(?: [-+] {NUMBER})?",
    "interval": rf"\[{NUMBER}, {NUMBER}\]",
    "stretches": rf"(?:{STRETCH}(?:(?:,| and) {STRETCH})*|\d+ stretches)",
    "either": rf"{NUMBER}(?: or {NUMBER})+",
    "numbers": rf"{NUMBER}(?:, {NUMBER})*(?: and {NUMBER})?",
    "intervals": rf"\[{NUMBER}, {NUMBER}\](?:, \[{NUMBER}, {NUMBER}\])*(?: and \[{NUMBER}, {NUMBER}\])?",
    "places": PLACES,
    "units": r"(?:units? \d+(?:, \d+)*(?: and \d+)?|\d+ other units|\d+ units)",
    "loss": r"(?:scaled )?[MS]SE",
    "parameters": r"(?:[wbv] of unit \d+|c|\d+ parameters? together|1 parameter)",
    "named": r"(?:Units? \d+(?:, \d+)*(?: and \d+)?|\d+ units)",
    "names": r"\w+(?:, \w+)*",
    "steps": r"[\d,]+ steps?",
    "moves": rf"[wb] (?:from {NUMBER} to|on by) {NUMBER}(?: and [wb] (?:from {NUMBER} to|on by) {NUMBER})?",
    "sign": rf"(?:0 or (?:above|below)|{NUMBER})",
    "sides": rf"one(?: each)? on to the (?:left|right) of {PLACES}(?: and one(?: each)? on to the right of {PLACES})?",
    "whole": r"\d+(?:,\d{3})*",
    "advice": ADVICE,
    "sentence": ADVICE.replace("[xy]", "[XY]", 1),
    "changes": rf"{CHANGE}(?:, {CHANGE})*(?: and {CHANGE})?",
    "marks": rf"[✓✗] \[{NUMBER}, {NUMBER}\](?:  [✓✗] \[{NUMBER}, {NUMBER}\])*",
    "best": r"(?:found with \d+ units?|possible with \d+ kinks?)",
    "tried": rf"(?:rate {NUMBER}|slope {NUMBER} at the kink|c = {NUMBER}|nothing|{MOVED}(?: and {MOVED})*)",
    "list": r"\d+(?:, \d+)*",
    "word": r"[\w+-]+",
    "text": r".+",
}
_TOKEN = re.compile(r"\{(\w+):(\w+)\}|<(\w+)=([^>]*)>|([\[\]])")


def compiled(template: str) -> re.Pattern[str]:
    """The regular expression of a template."""
    parts, end = [], 0
    for token in _TOKEN.finditer(template):
        parts.append(re.escape(template[end : token.start()]))
        name, kind, choice, words, bracket = token.groups()
        if name:
            parts.append(f"(?P<{name}>{KINDS[kind]})")
        elif choice:
            parts.append(f"(?P<{choice}>{'|'.join(map(re.escape, words.split('|')))})")
        else:
            parts.append("(?:" if bracket == "[" else ")?")
        end = token.end()
    return re.compile("".join(parts) + re.escape(template[end:]))


def fixed_words(template: str) -> str:
    """The fixed words of a template, once for each of its choices, with a mark where something varies."""
    choices = [words.split("|") for _, _, _, words, _ in _TOKEN.findall(template) if words]

    def form(number: int) -> str:
        def fixed(token: re.Match[str]) -> str:
            words = token[4].split("|") if token[4] else [""]
            return words[number % len(words)] if token[4] else "" if token[5] else "\0"

        return _TOKEN.sub(fixed, template)

    return "\n".join(form(number) for number in range(max(map(len, choices), default=1)))


@dataclass(frozen=True)
class Said:
    """A sentence that was heard, and what stands in it by name."""

    text: str
    parts: dict[str, str | None]

    def __contains__(self, name: str) -> bool:
        return self.parts.get(name) is not None

    def __getitem__(self, name: str) -> str:
        part = self.parts[name]
        assert part is not None, name
        return part

    def get(self, name: str) -> str:
        """The part, or nothing."""
        return self.parts.get(name) or ""

    def whole(self, name: str) -> int:
        """A whole number, as in "1,000 steps"."""
        found = re.match(r"[\d,]+", self[name])
        assert found, self[name]
        return int(found[0].replace(",", ""))

    def numbers(self, name: str) -> list[str]:
        """Every number in a part, in order, as it is printed."""
        return re.findall(NUMBER, self[name])

    @cached_property
    def unit(self) -> int:
        """The unit that is spoken of."""
        return int(self["unit"])


def units_in(text: str) -> tuple[int, ...] | int:
    """The units that a text names, or their number where it counts them."""
    numbers = tuple(map(int, re.findall(r"\d+", text)))
    return numbers if text.startswith("unit") else numbers[0]
