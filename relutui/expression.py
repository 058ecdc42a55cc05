"""The arithmetic of a target: a whitelist over Python's own syntax tree, evaluated by numpy.

Nothing is ever compiled or run: a node that is not listed here is an error.
"""

import ast
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from relutui.network import Array, activate
from relutui.text import did_you_mean, shown

MAX_LENGTH, MAX_NODES, MAX_DEPTH = 500, 200, 30

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


class ExpressionError(ValueError):
    """The expression is not arithmetic of x; the message says in one line why."""


def evaluate(text: str, x: Array) -> Array:
    """The expression at every x, of shape (points,); it may be infinite or nan where it is not defined.

    Raises ExpressionError.
    """
    with np.errstate(all="ignore"):
        return np.array(np.broadcast_to(_value(_tree(text), x, MAX_DEPTH), x.shape), np.float64)


def _tree(text: str) -> ast.expr:
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"expected at most {MAX_LENGTH} characters, got {len(text)}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about oddities that are refused below
            tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise ExpressionError(f"not an expression: {error.msg} at character {error.offset}") from None
    except (ValueError, MemoryError, RecursionError):
        raise ExpressionError("not an expression that can be read") from None
    nodes = sum(isinstance(node, ast.expr) for node in ast.walk(tree))
    if nodes > MAX_NODES:
        raise ExpressionError(f"expected at most {MAX_NODES} numbers, names and operations, got {nodes}")
    return tree


def _value(node: ast.expr, x: Array, depth: int) -> Any:
    """The value of a node: a float64 array like x, or one float64."""
    if not depth:
        raise ExpressionError(f"nested more than {MAX_DEPTH} deep")
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return _number(number)
        case ast.Name(id="x"):
            return x
        case ast.Name(id=name) if name in CONSTANTS:
            return np.float64(CONSTANTS[name])
        case ast.Name(id=name):
            raise ExpressionError(f"unknown name {shown(name)}{did_you_mean(name, ('x', *CONSTANTS, *FUNCTIONS))}")
        case ast.UnaryOp(op=operator, operand=operand) if type(operator) in _OPERATORS:
            return _OPERATORS[type(operator)](_value(operand, x, depth - 1))
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATORS:
            return _OPERATORS[type(operator)](_value(left, x, depth - 1), _value(right, x, depth - 1))
        case ast.BinOp(op=ast.BitXor()):
            raise ExpressionError("^ is not known here; a power is written **")
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            return _function(name, len(arguments))(*(_value(argument, x, depth - 1) for argument in arguments))
    raise ExpressionError(f"only + - * / **, numbers, x, pi, e and functions are known, got {shown(ast.unparse(node))}")


def _number(number: int | float) -> np.float64:
    try:
        return np.float64(float(number))
    except OverflowError:
        raise ExpressionError(f"a number is too large: {shown(number)}") from None


def _function(name: str, arguments: int) -> Callable[..., Any]:
    if name not in FUNCTIONS:
        raise ExpressionError(f"unknown function {shown(name)}{did_you_mean(name, tuple(FUNCTIONS))}")
    function, arity = FUNCTIONS[name]
    if arguments != arity:
        raise ExpressionError(f"{name} takes {arity} argument{'s' * (arity > 1)}, got {arguments}")
    return function
