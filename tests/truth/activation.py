"""Activations and their slopes, in float64 numpy and by the formulas of textbooks."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

KINKED = ("relu", "leaky_relu")
LEAK = 0.01  # slope of leaky_relu where z < 0, as the manual says


def value(name: str, z: ArrayLike) -> Array:
    """act(z), elementwise."""
    z = np.asarray(z, np.float64)
    found: ArrayLike = z
    match name:
        case "relu":
            found = np.maximum(z, 0.0)
        case "leaky_relu":
            found = np.where(z > 0.0, z, LEAK * z)
        case "softplus":
            found = np.log1p(np.exp(-np.abs(z))) + np.where(z > 0.0, z, 0.0)
        case "sigmoid":
            tail = np.exp(-np.abs(z))
            found = np.where(z > 0.0, 1.0, tail) / (1.0 + tail)
        case "tanh":
            found = np.tanh(z)
        case "step":
            found = np.where(z > 0.0, 1.0, 0.0)
        case "rect":
            found = np.where(np.abs(z) < 0.5, 1.0, 0.0)
    return np.asarray(found, np.float64)


def slope(name: str, z: ArrayLike, at_kink: float = 0.0) -> Array:
    """act'(z), elementwise; at_kink: what training takes for relu'(0)."""
    z = np.asarray(z, np.float64)
    found: ArrayLike = z
    match name:
        case "identity":
            found = np.ones_like(z)
        case "relu":
            found = (z > 0.0) + at_kink * (z == 0.0)
        case "leaky_relu":
            found = LEAK + (1.0 - LEAK) * slope("relu", z, at_kink)
        case "step" | "rect":
            found = np.zeros_like(z)
        case "softplus":
            found = value("sigmoid", z)
        case "sigmoid":
            found = value("sigmoid", z) * value("sigmoid", -z)
        case "tanh":
            found = np.where(np.abs(z) < 300.0, np.cosh(np.clip(z, -300.0, 300.0)) ** -2.0, 0.0)
    return np.asarray(found, np.float64)
