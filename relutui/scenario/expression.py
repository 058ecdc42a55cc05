"""Expressions for targets: a whitelist over Python's own syntax tree, evaluated by numpy.

Nothing is ever compiled or run: a node that is not listed here is an error.
"""

import ast
import re
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from relutui.lib.arrays import Array
from relutui.lib.safe_text import did_you_mean, quote_value
from relutui.model.network import activate

MAX_LENGTH, MAX_NODES, MAX_DEPTH = 500, 200, 30
MAX_WORK = 3_000_000  # nodes times points: with subnormal numbers an operation takes 250 ns at each point

# Characters without use in arithmetic never reach Python's parser, which some texts drive into exponential time (3.9) or into a
# stack overflow that ends the process (3.12 to 3.15, github.com/python/cpython/issues/150001).
_FOREIGN = re.compile(r"""[^\0-~]|['"\[\]{}\\]""")

# Spellings such as 1_5, 0x10 and 0b11, which Python reads as 15, 16 and 3 and others may misread.
_OF_PYTHON = re.compile(r"(?<![\w.])(?:[\w.]*\d_\d[\w.]*|0[xXoObB]\w*)")
_COMMENT = re.compile("#.*")

CONSTANTS = {"pi": np.pi, "e": np.e}

# The number of arguments is part of the whitelist: a ufunc writes into an argument too many.
_NUMPY = "abs sqrt exp log log10 sin cos tan sinh cosh tanh arcsin arccos arctan floor ceil sign"
FUNCTIONS: dict[str, tuple[Callable[..., Any], int]] = {
    **{name: (getattr(np, name), 1) for name in _NUMPY.split()},
    "relu": (partial(activate, "relu"), 1),
    "sigmoid": (partial(activate, "sigmoid"), 1),
    "softplus": (partial(activate, "softplus"), 1),
    "minimum": (np.minimum, 2),
    "maximum": (np.maximum, 2),
    "min": (np.minimum, 2),
    "max": (np.maximum, 2),
}

_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
    ast.UAdd: np.positive,
    ast.USub: np.negative,
}


_NO_NODES = ast.operator | ast.unaryop | ast.boolop | ast.cmpop | ast.expr_context  # nodes that only label their parent


class ExpressionError(ValueError):
    """The expression is not arithmetic of x; the message says in one line why."""


def evaluate(text: str, x: Array) -> Array:
    """Evaluate the expression at every x, to float64 of shape (points,), infinite or nan where it is undefined.

    Raises ExpressionError.
    """
    tree = _tree(text, len(x))
    with np.errstate(all="ignore"):
        _value(tree, x[:0])  # at no points first, so that an error is raised before any work is done
        return np.array(np.broadcast_to(_value(tree, x), x.shape), np.float64)


def _tree(text: str, points: int) -> ast.AST:
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"expected at most {MAX_LENGTH} characters, got {len(text)}")
    if foreign := _FOREIGN.search(text):
        raise _not_arithmetic(foreign[0])
    if odd := _OF_PYTHON.search(_COMMENT.sub("", text)):
        raise ExpressionError(f"a number has digits, a point and e only, got {quote_value(odd[0])}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about oddities that are rejected below
            tree: ast.AST = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise ExpressionError(f"not an expression: {error.msg} at character {error.offset}") from None
    except (ValueError, MemoryError, RecursionError):
        raise ExpressionError("not an expression that can be read") from None
    level, depth, nodes = [tree], 0, 0
    while level:
        depth, nodes = depth + 1, nodes + len(level)
        level = [child for node in level for child in ast.iter_child_nodes(node) if not isinstance(child, _NO_NODES)]
    if nodes > (most := min(MAX_NODES, MAX_WORK // max(points, 1))):
        at = f" for {points} points" if most < MAX_NODES else ""
        raise ExpressionError(f"expected at most {most} numbers, names and operations{at}, got {nodes}")
    if depth > MAX_DEPTH:
        raise ExpressionError(f"nested more than {MAX_DEPTH} deep")
    return tree


def _value(node: ast.AST, x: Array) -> Any:
    """The value of a node: a float64 array like x, or one float64."""
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return _number(number)
        case ast.Name(id="x"):
            return x
        case ast.Name(id=name) if name in CONSTANTS:
            return np.float64(CONSTANTS[name])
        case ast.Name(id=name):
            raise ExpressionError(f"unknown name {quote_value(name)}{did_you_mean(name, ('x', *CONSTANTS, *FUNCTIONS))}")
        case ast.UnaryOp(op=operator, operand=operand) if type(operator) in _OPERATORS:
            return _OPERATORS[type(operator)](_value(operand, x))
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATORS:
            return _OPERATORS[type(operator)](_value(left, x), _value(right, x))
        case ast.Tuple():
            raise ExpressionError(f"a decimal point is written . and not , in {quote_value(ast.unparse(node))}")
        case ast.BinOp(op=ast.BitXor()):
            raise ExpressionError("^ is not known here; a power is written **")
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            return _function(name, len(arguments))(*(_value(argument, x) for argument in arguments))
    raise _not_arithmetic(ast.unparse(node))


def _not_arithmetic(text: str) -> ExpressionError:
    return ExpressionError(f"only + - * / **, numbers, x, pi, e and functions are known, got {quote_value(text)}")


def _number(number: int | float) -> np.float64:
    try:
        value = float(number)
    except OverflowError:
        value = np.inf
    if value == np.inf:
        raise ExpressionError(f"a number is too large: {'over 1e308' if number == np.inf else quote_value(number)}")
    return np.float64(value)


def _function(name: str, arguments: int) -> Callable[..., Any]:
    if name not in FUNCTIONS:
        raise ExpressionError(f"unknown function {quote_value(name)}{did_you_mean(name, tuple(FUNCTIONS))}")
    function, arity = FUNCTIONS[name]
    if arguments != arity:
        raise ExpressionError(f"{name} takes {arity} argument{'s' * (arity > 1)}, got {arguments}")
    return function
