"""The activations and their slopes as tinygrad expressions of float32, safe from overflow for every finite z.

exp and log are written out here: tinygrad's own handle every float and cost three times as much.
"""

from tinygrad import dtypes
from tinygrad.uop.ops import UOp

from relutui.model.network import LEAK, Activation

# act(z) = act'(z) z for these; their slope where z < 0
PIECEWISE_LINEAR: dict[Activation, float] = {"relu": 0.0, "leaky_relu": LEAK, "identity": 1.0}


def value_and_slope(name: Activation, z: UOp, slope_at_kink: UOp) -> tuple[UOp, UOp]:
    """Return act(z) and act'(z); slope_at_kink is relu'(0)."""
    if name == "relu":
        return z.maximum(0.0), _step(z, slope_at_kink)
    if name == "leaky_relu":
        return (z > 0.0).where(z, LEAK * z), LEAK + (1.0 - LEAK) * _step(z, slope_at_kink)
    if name == "identity":
        return z, z.const_like(1.0)
    size = (z < 0.0).where(-z, z)
    if name == "tanh":
        return _tanh(z, size)
    small = _exp_of_minus(size)  # exp(-|z|), between 0 and 1
    sigmoid, rest = _shares(z, small)
    if name == "sigmoid":
        return sigmoid, sigmoid * rest
    return z.maximum(0.0) + _log_of_1_plus(small), sigmoid  # softplus


def times_slope(name: Activation, z: UOp, factor: UOp, slope_at_kink: UOp | None) -> UOp:
    """Return factor * act'(z) of a piecewise linear activation; slope_at_kink None means 0, without a product."""
    if slope_at_kink is not None:
        return factor * value_and_slope(name, z, slope_at_kink)[1]
    leak = PIECEWISE_LINEAR[name]
    return (z > 0.0).where(factor, leak * factor if leak else factor.const_like(0.0))


def _step(z: UOp, slope_at_kink: UOp) -> UOp:
    return (z > 0.0).where(1.0, (z < 0.0).where(0.0, slope_at_kink))


def _tanh(z: UOp, size: UOp) -> tuple[UOp, UOp]:
    """Return tanh(z) and its slope, near 0 by the polynomial of Cephes' tanhf, since 1 - exp(-2|z|) cancels there."""
    small = _exp_of_minus(2.0 * size)
    far = (1.0 - small) / (1.0 + small)
    square = z * z
    near = z + z * square * _polynomial(
        square, -5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1
    )
    value = (size < 0.625).where(near, (z < 0.0).where(-far, far))
    share, rest = _shares(z, small)
    return value, 4.0 * share * rest  # as tanh(z) = 2 sigmoid(2 z) - 1


def _shares(z: UOp, small: UOp) -> tuple[UOp, UOp]:
    """Return sigmoid and 1 - sigmoid, both with all their digits, of small = exp(-|z|) or of a multiple of z.

    tinygrad rewrites small / (1 + small) as 1 - 1 / (1 + small), which is 0 for a small one; behind a choice it does not.
    """
    left, part = z < 0.0, (1.0 + small).reciprocal()
    return left.where(small, 1.0) * part, left.where(1.0, small) * part


def _exp_of_minus(t: UOp) -> UOp:
    """Return exp(-t) for t >= 0 by the polynomial of Cephes' expf; beyond t = 87 it stays at 1.6e-38, a normal number."""
    t = t.minimum(87.0)
    halvings = (t * 1.44269504088896341 + 0.5).cast(dtypes.int32)  # the n of exp(-t) = 2**-n exp(rest)
    n = halvings.cast(dtypes.float32)
    rest = (n * 0.693359375 - t) - n * 2.12194440e-4  # ln 2 in two parts, the first exact when multiplied by n
    series = _polynomial(
        rest, 1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1
    )
    power = ((127 - halvings) << 23).bitcast(dtypes.float32)  # 2**-n, by its exponent bits
    return (1.0 + (rest + rest * rest * series)) * power


def _log_of_1_plus(u: UOp) -> UOp:
    """Return log(1 + u) for u in [0, 1] as 2 artanh(u / (2 + u)), whose series needs eight terms there."""
    s = u / (2.0 + u)
    square = s * s
    return 2.0 * s * _polynomial(square, *(1 / n for n in (15, 13, 11, 9, 7, 5, 3, 1)))


def _polynomial(x: UOp, *coefficients: float) -> UOp:
    """Evaluate a polynomial by Horner's rule, the coefficient of the highest power first."""
    value = x.const_like(coefficients[0])
    for coefficient in coefficients[1:]:
        value = value * x + coefficient
    return value
