"""The present network as an equation, in few enough digits to compute with by hand, and as Python and LaTeX."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from relutui.lib.arrays import Array, distinct, quiet
from relutui.lib.identity_cache import cached_by_identity
from relutui.lib.number_text import format_3_digits
from relutui.model.network import LEAK, Activation, Network, Parameters, activate
from relutui.model.pieces import kinks
from relutui.model.scale import UNSCALED, rescaled
from relutui.model.training import Checkpoint
from relutui.scenario.scale_text import y_number
from relutui.scenario.scenario import Scenario
from relutui.session.session import Session
from relutui.session.state import State

FEWEST_DIGITS, MOST_DIGITS = 3, 17  # significant; 17 give every float64 back
FLOOR_SHARE = 1e-2  # of the tolerance of the largest prediction; nearer than that to 0 it may be off by more than is shown
BETWEEN_PLACES = 1.05  # times the largest error found, as that of a smooth network may lie between the places looked at
SOFT: tuple[Activation, ...] = ("sigmoid", "tanh", "softplus")
SOFT_BEND = np.linspace(-8.0, 8.0, 65)  # the z over which these bend
SLOPED: tuple[Activation, ...] = ("relu", "leaky_relu")  # act(s z) = s act(z) for s > 0
PYTHON: dict[Activation, str] = {
    "relu": "np.maximum(z, 0)",
    "leaky_relu": f"np.where(z > 0, z, {LEAK:g} * z)",
    "softplus": "np.logaddexp(0, z)",
    "sigmoid": "0.5 * (1 + np.tanh(0.5 * z))",
    "tanh": "np.tanh(z)",
    "step": "np.where(z > 0, 1.0, 0.0)",
    "rect": "np.where(abs(z) < 0.5, 1.0, 0.0)",
}

Terms = tuple[str, ...]  # of a sum, each with its sign: the first - or nothing, the others + or -
Write = Callable[[float], str]


class EquationReadout(NamedTuple):
    """An equation as terms to be joined by blanks, wrapped between them; empty where there is none of the kind.

    by_slopes: with the size of w taken out of each unit, s relu(x - k); error: how far the printed equation may be from the
    network, on the domain; python: lines of a program.
    """

    by_parameters: Terms
    by_slopes: Terms
    latex: Terms
    python: tuple[str, ...]
    error: str


@quiet
@cached_by_identity(2)
def read_equation(state: State, domain: tuple[float, float], x: Array) -> EquationReadout:
    """Write out the network of a state; its digits suffice for the points x and the domain."""
    network = state.network
    printed, write, error = _in_parameters(state, domain, x)
    if sloped := _in_slopes(state, domain, x):
        error = max(error, sloped.error)
    return EquationReadout(
        _equation(network, printed, write, _unit),
        _equation(network, sloped.parameters, sloped.write, _sloped_unit) if sloped else (),
        _latex(network, printed, write),
        _python(network, printed, write),
        format_3_digits(float(f"{error * BETWEEN_PLACES:.2e}")) if error else "0",
    )


def equation_of(session: Session) -> EquationReadout:
    """Write out the present network of a session."""
    return read_equation(*_in_own_units(session.state, session.scenario))


def by_parameters(session: Session) -> Terms:
    """Write out the present network of a session by its parameters alone."""
    parameters, write, _ = _in_parameters(*_in_own_units(session.state, session.scenario))
    return _equation(session.state.network, parameters, write, _unit)


def by_slopes(session: Session) -> Terms:
    """Write out the present network of a session by its slopes alone."""
    sloped = _in_slopes(*_in_own_units(session.state, session.scenario))
    return _equation(session.state.network, sloped.parameters, sloped.write, _sloped_unit) if sloped else ()


def scaled_result(session: Session) -> str:
    """Say how the data's own y follows from the equation, where its ŷ is a scaled one; else empty.

    An output activation keeps the scale of y from being taken into v and c.
    """
    if not session.scale.changes or session.state.network.output_activation == "identity":
        return ""
    shift, width = (y_number(session.scenario, number) for number in session.scale.y)
    return f"ŷ is scaled here: y = {shift} + {width} ŷ"


@cached_by_identity(2)
def _in_own_units(state: State, scenario: Scenario) -> tuple[State, tuple[float, float], Array]:
    """Return the state of the same network for x, and with the identity on the output for y, in own units; domain; points."""
    scale, x = scenario.dataset.scale, scenario.dataset.x
    if not scale.changes:
        return state, scenario.domain, x
    to = UNSCALED if state.network.output_activation == "identity" else UNSCALED._replace(y=scale.y)
    own = replace(state, checkpoint=Checkpoint.start(rescaled(state.parameters, scale, to)))
    return own, scenario.target.domain, scale.x.own(x)


class _Rounded(NamedTuple):
    """A form of a network with rounded numbers, how they are written, and the largest error of its prediction."""

    parameters: Parameters
    write: Write
    error: float


@quiet
@cached_by_identity(2)
def _in_parameters(state: State, domain: tuple[float, float], x: Array) -> _Rounded:
    return _digits(state.network, state.parameters, state.parameters, domain, x)


@quiet
@cached_by_identity(2)
def _in_slopes(state: State, domain: tuple[float, float], x: Array) -> _Rounded | None:
    """Return the form with the slopes before the units; None where units have none that could be taken out."""
    network, p = state.network, state.parameters
    return _digits(network, p, _by_slopes(network, p), domain, x) if network.activation in SLOPED else None


def _by_slopes(network: Network, p: Parameters) -> Parameters:
    """The same network with |w| = 1, or with w = b = 0 and its constant in c, for a unit without a slope."""
    size = np.abs(p.w)
    flat = size == 0.0
    constant = float((p.v * activate(network.activation, p.b))[flat].sum())
    safe = np.where(flat, 1.0, size)
    return Parameters(np.sign(p.w), np.where(flat, 0.0, p.b / safe), np.where(flat, 0.0, p.v * size), p.c + constant)


def _digits(network: Network, p: Parameters, form: Parameters, domain: tuple[float, float], x: Array) -> _Rounded:
    """Round a form of the network to the fewest digits that give its prediction as it is shown."""
    inside = [kink for kink in kinks(p) if domain[0] <= kink <= domain[1]]
    places = distinct(x, np.linspace(*domain, 201), inside)
    places = distinct(places, np.clip(_around_soft_bends(network, p, places), *domain))
    for digits in range(FEWEST_DIGITS, MOST_DIGITS + 1):

        def rounded(values: Array, digits: int = digits) -> Array:
            return np.array([float(f"{value:.{digits}g}") for value in values])

        near = Parameters(rounded(form.w), rounded(form.b), rounded(form.v), float(f"{form.c:.{digits}g}"))
        own = [kink for kink in kinks(near) if domain[0] <= kink <= domain[1]]
        at = distinct(places, own)
        true = network.prediction(p, at)
        errors, allowed = np.abs(network.prediction(near, at) - true), _half_a_digit(true)
        if (errors <= np.maximum(allowed, FLOOR_SHARE * allowed.max())).all() or digits == MOST_DIGITS:
            break
    return _Rounded(near, lambda value: _number(value, digits), float(errors.max()))


def _around_soft_bends(network: Network, p: Parameters, places: Array) -> Array:
    """Places where a unit or the output bends softly, the closer together the faster it does; `places` ascend."""
    around = [np.empty(0)]
    if network.activation in SOFT:
        around += [kink + SOFT_BEND / abs(w) for kink, w in zip(kinks(p), p.w) if w]
    if network.output_activation in SOFT:
        total = network.output_sum(p, places)
        crossed = np.flatnonzero(total[:-1] * total[1:] < 0.0)
        slopes = (np.diff(total) / np.diff(places))[crossed]
        around += list(places[crossed, None] + (SOFT_BEND - total[crossed, None]) / slopes[:, None])
    found = np.concatenate(around)
    return found[np.isfinite(found)]


def _half_a_digit(y: Array) -> Array:
    """Half of one in the last digit of numbers as format_number prints them."""
    size = np.abs(y)
    power = 10.0 ** np.floor(np.log10(np.where(size > 0.0, size, 1.0)))
    decimals = np.where(size < 0.095, 5e-4, np.where(size < 999.995, 5e-3, 5e-2))
    return np.where((size < 9999.95) & (size >= 0.0005), decimals, np.where(size == 0.0, 5e-3, 0.05 * power))


def _number(value: float, digits: int) -> str:
    """A number that Python reads, as in 0.25, 1200000 and 1.5e-9."""
    rounded = float(f"{value:.{digits}g}") + 0.0
    return f"{rounded:.{max(15, digits)}g}".replace("e+0", "e+").replace("e-0", "e-")


def _unit(w: float, b: float, write: Write, times: str = " ") -> str:
    """What stands inside the activation, as in -2 x + 2."""
    slope = {1.0: "x", -1.0: "-x"}.get(w, f"{write(w)}{times}x") if w else ""
    if not slope or not b:
        return slope or write(b)
    return f"{slope} {'-' if b < 0.0 else '+'} {write(abs(b))}"


def _sloped_unit(w: float, b: float, write: Write) -> str:
    """The same for |w| = 1: x - k, or k - x for a unit that is on at the left."""
    if w > 0.0:
        return _unit(w, b, write)
    return f"{write(b)} - x" if b else "-x"


def _terms(network: Network, p: Parameters) -> list[tuple[float, float, float]]:
    """Return w, b and v of the units but for those that add an exact 0 at every x."""
    nothing = (p.v == 0.0) | ((p.w == 0.0) & (activate(network.activation, p.b) == 0.0))
    return [tuple(unit) for unit in np.stack([p.w, p.b, p.v], axis=1)[~nothing].tolist()]


def _equation(network: Network, p: Parameters, write: Write, unit: Callable[[float, float, Write], str]) -> Terms:
    terms = []
    for w, b, v in _terms(network, p):
        name = "" if network.activation == "identity" else network.activation
        size = "" if abs(v) == 1.0 and name else f"{write(abs(v))} "
        terms.append((v, f"{size}{name}({unit(w, b, write)})"))
    if p.c or not terms:
        terms.append((p.c, write(abs(p.c))))
    return _wrapped(_signed(terms), network, "ŷ =", lambda name: f"{name}(")


def _signed(terms: Sequence[tuple[float, str]]) -> list[str]:
    """Put the signs before the terms of a sum; no + before the first."""
    return [
        f"{'-' if value < 0.0 else ''}{text}" if not place else f"{'-' if value < 0.0 else '+'} {text}"
        for place, (value, text) in enumerate(terms)
    ]


def _wrapped(terms: list[str], network: Network, left: str, opening: Callable[[str], str]) -> Terms:
    """Put the left side before the sum, and the output activation around it."""
    if network.output_activation == "identity":
        return (left, *terms)
    whole = [f"{opening(network.output_activation)}{terms[0]}", *terms[1:]]
    return (left, *whole[:-1], f"{whole[-1]})")


def _python(network: Network, p: Parameters, write: Write) -> tuple[str, ...]:
    """Lines of a program that computes the prediction y at x, a number or an array."""
    names = [name for name in PYTHON if name in (network.activation, network.output_activation)]
    sum_ = [f"{write(p.c)}"]
    act = "" if network.activation == "identity" else network.activation
    for w, b, v in _terms(network, p):
        sum_.append(
            f"{'-' if v < 0.0 else '+'} {write(abs(v))} * {act}({write(w)} * x {'-' if b < 0.0 else '+'} {write(abs(b))})"
        )
    output = "" if network.output_activation == "identity" else network.output_activation
    functions = [f"def {name}(z):\n    return {PYTHON[name]}\n" for name in names]
    return (
        "import numpy as np\n",
        *functions,
        f"def y(x):\n    return {output}(\n        " + "\n        ".join(sum_) + "\n    )",
    )


def _latex(network: Network, p: Parameters, write: Write) -> Terms:
    """The equation as LaTeX."""

    def latex(value: float) -> str:
        mantissa, _, exponent = write(value).partition("e")
        return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa

    def name(of: str) -> str:
        return rf"\mathrm{{{of.replace('_', ' ')}}}"

    terms = [
        (v, rf"{latex(abs(v))}\,{'' if network.activation == 'identity' else name(network.activation)}({_unit(w, b, latex)})")
        for w, b, v in _terms(network, p)
    ]
    return _wrapped(_signed([*terms, (p.c, latex(abs(p.c)))]), network, r"\hat{y} =", lambda of: f"{name(of)}(")
