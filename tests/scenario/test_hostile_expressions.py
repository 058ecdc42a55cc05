"""Expressions that are more than arithmetic, or more than may be: each is refused before anything of it is worked out."""

import sys
import time
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relutui.scenario.expression import ExpressionError, evaluate

X = np.linspace(-5.0, 5.0, 100_000)
MOST = 0.01  # s of the processor until an expression is refused

# One of each kind of Python that is no arithmetic; all of them would be harmless if they were run.
FOREIGN = [
    "x.real",
    "x.size",
    "x.mean()",
    "(1).real",
    "pi.real",
    "sin.nin",
    "sin(x).real",
    "sin(x)(x)",
    "(sin)(x)(x)",
    "x(1)",
    "pi(1)",
    "1(1)",
    "e()",
    "len(x)",
    "print(x)",
    "type(x)",
    "vars()",
    "evaluate(x, x)",
    "_value(x, x)",
    "partial(x)",
    "FUNCTIONS",
    "self",
    "lambda: x",
    "(lambda: x)()",
    "(x := 5)",
    "[y for y in x]",
    "(y for y in x)",
    "{x}",
    "{x: x}",
    "[*x]",
    "x[0]",
    "x[...]",
    "x[::2]",
    "(x, x)",
    "()",
    "...",
    "None",
    "True",
    "not x",
    "x and x",
    "x if x else x",
    "x < 1 < x",
    "x == x",
    "x is x",
    "x in x",
    "x @ x",
    "x // 2",
    "x % 2",
    "x << 2",
    "x | 1",
    "x & 1",
    "~x",
    "x^2",
    "await x",
    "(yield)",
    "f'{x}'",
    "'%s' % x",
    "'a'",
    "b'a'",
    "1j",
    "abs(x, x)",
    "abs(x, where=x)",
    "abs(x=x)",
    "abs(*x)",
    "abs(**x)",
    "abs()",
    "minimum(x, 1, 2)",
    "max(x)",
    "import os",
    "x; x",
    "x\nx",
    "x = 1",
    "del x",
    "assert x",
    "x\0",
    "\\x",
    "x \\\n + 1",
    "0777",
    "1__0",
    "0x",
    "1e",
    "x÷2",
    "x–1",
    "é",
    "$x",
    "x?",
    "`x`",
    "!x",
    "@x",
]

# Each just past a limit, of this module or of Python's parser.
TOO_MUCH = [
    "x" * 501,
    "+".join("x" * 101),
    "-" * 30 + "x",
    "+" * 30 + "x",
    "**".join("2" * 31),
    "abs(" * 30 + "x" + ")" * 30,
    "(" * 201 + "x" + ")" * 201,
    "(" * 20 + "x",
    "x)",
    "x<" + "-" * 28 + "x",
    "+".join("x" * 16),  # for so many points
    "softplus(" * 15 + "x" + ")" * 15 + "+x",
    " " * 500,
    "\n" * 500,
    "_" * 500,
    "_ _",
]


@pytest.mark.parametrize("text", FOREIGN + TOO_MUCH)
def test_what_is_foreign_or_too_much_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError) as error:
        evaluate(text, X)
    assert str(error.value).isprintable()
    assert len(str(error.value)) < 200


def test_a_power_of_powers_is_only_infinite() -> None:
    assert np.isinf(evaluate("1e200**2**2", X)).all()
    assert evaluate("x**2e154**2", X[:3]).tolist() == [np.inf] * 3


def test_what_no_arithmetic_has_never_reaches_the_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("parsed")

    for text in ("f'{x}'", '"', "[", "]", "{", "}", "\\", "é", "\x7f", "\ud800"):
        with monkeypatch.context() as patched:
            patched.setattr("relutui.scenario.expression.ast.parse", refuse)
            with pytest.raises(ExpressionError, match="only"):
                evaluate(f"x + {text}", X)


def test_a_complaint_quotes_what_is_deep_even_where_little_stack_is_left() -> None:
    def deep(levels: int) -> None:
        if levels:
            deep(levels - 1)
        else:
            with pytest.raises(ExpressionError):
                evaluate("x<" + "-" * 27 + "x", X[:3])

    deep(sys.getrecursionlimit() - 350)


@pytest.mark.slow
def test_they_are_refused_at_once(times: Callable[[int, int], int]) -> None:
    def soon(text: str) -> bool:
        def seconds() -> float:
            began = time.process_time()
            try:
                evaluate(text, X)
            except ExpressionError:
                return time.process_time() - began
            return 0.0  # arithmetic after all

        return any(seconds() < MOST for _ in range(3))

    assert [text for text in FOREIGN + TOO_MUCH if not soon(text)] == []

    signs = st.sampled_from([*"xy19.()[]{}+-*/,=<~:'#é\n\t\\", '"', "**", ":=", "f'", "abs(", "max(x,", "*x"])
    words = st.sampled_from(["not ", "lambda ", " if ", " else ", " for ", " in ", " and ", "await ", "yield "])
    runs = st.tuples(st.lists(signs | words, max_size=4), st.sampled_from([1, 1, 2, 30, 250]))

    @settings(max_examples=times(500, 200_000))
    @given(st.lists(runs, max_size=5))
    def any_text(runs: list[tuple[list[str], int]]) -> None:
        assert soon("".join("".join(some) * often for some, often in runs)[:500])

    any_text()
