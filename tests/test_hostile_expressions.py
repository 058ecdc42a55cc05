"""Expressions made to get out of the arithmetic, or never to end: each is refused before anything of it is worked out."""

import sys
import time
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relutui.expression import ExpressionError, evaluate

X = np.linspace(-5.0, 5.0, 100_000)
MOST = 0.01  # s of the processor until an expression is refused

ESCAPES = [
    "().__class__",
    "().__class__.__bases__[0].__subclasses__()",
    "().__class__.__mro__[1].__subclasses__()[104].load_module('os').system('id')",
    "''.__class__.__base__.__subclasses__()",
    "(1).__class__.__base__",
    "x.__class__",
    "x.__array_interface__",
    "x.tofile('/tmp/owned')",
    "x.dump(x)",
    "x.ctypes.data",
    "x.base.setflags(1)",
    "x.real",
    "pi.__reduce__()",
    "sin.__self__",
    "sin.__class__.__call__",
    "sin.at(x, x, x)",
    "sin.reduce.__globals__",
    "abs.__call__(x)",
    "(sin)(x)(x)",
    "sin(x).__init__.__globals__",
    "__import__('os').system('id')",
    "__import__",
    "__builtins__",
    "__builtins__.open",
    "eval('1')",
    "exec('1')",
    "compile(x, x, x)",
    "open('/etc/passwd')",
    "open(0)",
    "input()",
    "breakpoint()",
    "help()",
    "exit()",
    "getattr(x, e)",
    "vars()",
    "globals()",
    "locals()",
    "type(x)",
    "type(x)(x)",
    "print(x)",
    "np.save(x, x)",
    "numpy.load(x)",
    "evaluate(x, x)",
    "_value(x, x)",
    "partial(x)",
    "FUNCTIONS",
    "self",
    "lambda: x",
    "(lambda: x)()",
    "(lambda f: f(f))(lambda f: f(f))",
    "(x := 5)",
    "[y for y in x]",
    "[x.f for x in x]",
    "(y for y in x)",
    "{x}",
    "{x: x}",
    "{**x}",
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
    "(yield from x)",
    "f'{x}'",
    "f'{().__class__}'",
    "f'{x!r:>{9**9}}'",
    "f\"{f'{x}'}\"",
    "'{0.__class__}'.format(x)",
    "'%s' % x",
    "'a' * 9**9",
    "b'a'",
    "u'a'",
    "'a' 'b'",
    "1j",
    "abs(x, x)",
    "abs(x, out=x)",
    "abs(x, where=x)",
    "abs(x=x)",
    "abs(*x)",
    "abs(**x)",
    "abs()",
    "maximum(x, x, x)",
    "minimum(x, x, out=x)",
    "max(x)",
    "min(x, x, x)",
    "abs(x, dtype=x)",
    "sin(x)(x)",
    "x(1)",
    "pi(1)",
    "1(1)",
    "e()",
    "import os",
    "x; import os",
    "x\nimport os",
    "x = 1",
    "del x",
    "assert x",
    "print x",
    "exec x",
    "x\0",
    "\\x",
    "x \\\n + 1",
    "# coding: utf-7\n+AHgAKQ-",
    "\ufeffx",
    "ｘ",
    "ｅval(x)",
    "𝐬in(x)",
    "x\u202e",
    "0777",
    "1__0",
    "0x",
    "1e",
    "١",
    "x÷2",
    "x–1",
    "$x",
    "x?",
    "`x`",
    "!x",
    "@x",
]

BOMBS = [
    "9" * 500,
    "1e9" * 100,
    "(" * 500,
    "(" * 250 + ")" * 250,
    "(" * 199 + "x" + ")" * 199 + "+ y",
    "[" * 500,
    "{" * 500,
    "f(" * 250,
    "abs(" * 125,
    "-" * 499 + "x",
    "+" * 30 + "x",
    "~" * 499 + "x",
    "not " * 124 + "x",
    "x<" * 249 + "x",
    "x<" + "-" * 190 + "x",
    "x " + "< x" * 10_000,
    "**".join("9" * 250),
    "**".join(["x"] * 40),
    "+".join("x" * 250),
    "x if " * 100,
    "x if x else " * 41 + "x",
    "lambda:" * 70 + "x",
    "lambda " + "x," * 200,
    "(x," * 166,
    "(x:=" * 125,
    "x." * 249 + "x",
    "x[" * 249,
    "f'{" * 166,
    "f'" * 250,
    "'" * 500,
    '"""' * 166,
    "\\" * 500,
    "\n" * 499 + "y",
    "\n" * 500,
    " " * 500,
    "\t" * 499 + "y",
    "_ " * 250,
    "_" * 500,
    "a" * 501,
    "(((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((c,j=t",
    "9**9**9 + y",
    "+".join(["x**9"] * 29) + "+y",
    "softplus(" * 28 + "y" + ")" * 28,
    "+".join(["(1e-310*x)**9"] * 20),
    "+".join(["x**9"] * 6) + "+y",
]  # fmt: skip


@pytest.mark.parametrize("text", ESCAPES + BOMBS)
def test_escapes_and_bombs_are_refused(text: str) -> None:
    with pytest.raises(ExpressionError) as error:
        evaluate(text, X)
    assert str(error.value).isprintable()
    assert len(str(error.value)) < 200


def test_a_power_of_powers_is_only_infinite() -> None:
    assert np.isinf(evaluate("9**9**9", X)).all()
    assert evaluate("x**1e308**1e308", X[:3]).tolist() == [np.inf] * 3


def test_what_no_arithmetic_has_never_reaches_the_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("parsed")

    for text in ("f'{x}'", '"', "[", "]", "{", "}", "\\", "é", "\x7f", "\ud800"):
        with monkeypatch.context() as patched:
            patched.setattr("relutui.expression.ast.parse", refuse)
            with pytest.raises(ExpressionError, match="only"):
                evaluate(f"x + {text}", X)


def test_a_complaint_quotes_what_is_deep_even_where_little_stack_is_left() -> None:
    def deep(levels: int) -> None:
        if levels:
            deep(levels - 1)
        else:
            with pytest.raises(ExpressionError):
                evaluate("x<" + "-" * 190 + "x", X[:3])

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

    assert [text for text in ESCAPES + BOMBS if not soon(text)] == []

    signs = st.sampled_from([*"xy19.()[]{}+-*/,=<~:'#é\n\t\\", '"', "**", ":=", "f'", "abs(", "max(x,", "*x"])
    words = st.sampled_from(["not ", "lambda ", " if ", " else ", " for ", " in ", " and ", "await ", "yield "])
    runs = st.tuples(st.lists(signs | words, max_size=4), st.sampled_from([1, 1, 2, 30, 250]))

    @settings(max_examples=times(500, 200_000))
    @given(st.lists(runs, max_size=5))
    def any_text(runs: list[tuple[list[str], int]]) -> None:
        assert soon("".join("".join(some) * often for some, often in runs)[:500])

    any_text()
