"""The parameters of a network as a table and as JSON."""

from collections.abc import Iterator

from relutui.model.network import Network, Parameters


def parameter_lines(network: Network, p: Parameters) -> Iterator[str]:
    """The lines of a table: w, b and v of each unit, and c; of several hidden layers one below the other, as in a file."""
    if not p.deeper:
        yield f"{'unit':>4} {'w':>12} {'b':>12} {'v':>12}"
        for unit in range(p.units):
            yield f"{unit:>4} {p.w[unit]:>12.6g} {p.b[unit]:>12.6g} {p.v[unit]:>12.6g}"
        yield f"{'c':>4} {p.c:>38.6g}"
        return
    for number, (name, layer) in enumerate(zip(network.layer_activations, p.layers), start=1):
        yield f"layer {number}: {name}"
        yield f"{'unit':>4} {'b':>12} {'w':>12}"
        for unit, (b, weights) in enumerate(zip(layer.b.tolist(), layer.w.tolist())):
            yield f"{unit:>4} {_row(b, *weights)}"
    yield f"layer {len(p.layers) + 1}: the output, {network.output_activation}"
    yield f"{'c':>4} {_row(p.c)}"
    yield f"{'v':>4} {_row(*p.v.tolist())}"


def _row(*numbers: float) -> str:
    return " ".join(f"{number:>12.6g}" for number in numbers)


def parameters_json(p: Parameters) -> dict[str, object]:
    """The parameters by their names; `deeper` only where there are hidden layers after the first."""
    deeper = [{"w": layer.w.tolist(), "b": layer.b.tolist()} for layer in p.deeper]
    return {"w": p.w.tolist(), "b": p.b.tolist(), "v": p.v.tolist(), "c": p.c, **({"deeper": deeper} if deeper else {})}
