"""The passes of the kernel by layers (`by_layers.py`) over a tile of points: forwards, and backwards.

Each comes after other UOps, the loops around it among them, and returns the one that the next comes after.
"""

from collections.abc import Sequence

from tinygrad import dtypes
from tinygrad.uop.ops import UOp

from relutui.engine.kernels.activations import times_slope, value_and_slope
from relutui.engine.kernels.lane_sums import LaneSums
from relutui.engine.kernels.layers_network import After, Blocks, LayersNetwork, Rows
from relutui.engine.kernels.points_layout import MinibatchOf
from relutui.model.network import Activation


def visited(net: LayersNetwork, total: LaneSums, minibatch: MinibatchOf | None, tile: UOp, started: UOp) -> UOp:
    """Add the tile's part to the gradient, and to the loss and the sum of residuals in `total`."""
    done, layer = _first_values(net, (started, tile)), net.first + 1
    for name, count in net.further:
        turn = net.loops.range(count)
        done = _further_values(net, layer + turn, name, (done, tile, turn)).end(turn)
        layer = layer + count
    done = _compared(net, total, minibatch, tile, _outputs(net, (done, tile)))
    done, layer = _pushed_by_output(net, (done, tile)), net.last
    for name, count in net.before[::-1]:
        turn = net.loops.range(count)
        done = _weights_summed(net, layer - turn, (done, tile, turn))
        done = _pushed_back(net, layer - turn, name, (done, tile, turn)).end(turn)
        layer = layer - count
    return _first_weights_summed(net, (done, tile))


# forwards


def _first_values(net: LayersNetwork, after: After) -> UOp:
    """Store a = act(w x + b)."""
    together, chunk = net.spec.activated, net.loops.range(net.chunks)
    part = net.loops.range(net.spec.chunk // together)
    number = chunk * (net.spec.chunk // together) + part
    w, b = (net.of_units(start, number, after, together) for start in (net.w, net.biases(net.first)))
    i, lane, block = net.points()
    z = [one * net.x(i) + other for one, other in zip(w, b)]
    return _activated(net, net.first, net.spec.first, number, i, z).end(lane).end(block).end(part).end(chunk)


def _further_values(net: LayersNetwork, layer: UOp, name: Activation, after: After) -> UOp:
    """Store a = act(W a + b), by way of `sums`."""
    spec, chunk = net.spec, net.loops.range(net.chunks)
    b = net.of_units(net.biases(layer), chunk, after, spec.chunk)
    blocks = Blocks(net.weights(layer) + chunk * (net.chunks * spec.chunk**2), 1)
    done = net.products(chunk, net.rows(net.at.values, layer - 1), blocks, b, (*after, chunk))
    part = net.loops.range(spec.chunk // spec.activated)
    number = chunk * (spec.chunk // spec.activated) + part
    i, lane, block = net.points()
    z = net.at_point(Rows(net.at.sums), number, i, (done, part), spec.activated)
    return _activated(net, layer, name, number, i, z).end(lane).end(block).end(part).end(chunk)


def _activated(net: LayersNetwork, layer: UOp, name: Activation, number: UOp, i: UOp, z: Sequence[UOp]) -> UOp:
    """Store act(z) of units that are done together, and act'(z) if the spec stores it."""
    both = [value_and_slope(name, one, net.slope_at_kink) for one in z]
    memory = [of for of in (net.at.values, net.at.slopes) if of is not None]
    stores = [
        place.store(value)
        for of, some in zip(memory, zip(*both))
        for place, value in zip(net.at_point(net.rows(of, layer), number, i, together=len(z)), some)
    ]
    return UOp.group(*stores)


def _outputs(net: LayersNetwork, after: After) -> UOp:
    """Store c + v . a in `residual`."""
    residual = net.at.residual
    i, lane, block = net.points()
    done = residual.after(*after)[i].store(net.c(after)).end(lane).end(block)
    chunk = net.loops.range(net.chunks)
    v = net.of_units(net.v, chunk, after, net.spec.chunk)
    i, lane, block = net.points()
    output = residual.after(done, chunk)[i].load()
    for weight, value in zip(v, net.at_point(net.rows(net.at.values, net.last), chunk, i, (done,))):
        output = output + weight * value
    return residual[i].store(output).end(lane).end(block).end(chunk)


def _compared(net: LayersNetwork, total: LaneSums, minibatch: MinibatchOf | None, tile: UOp, after: UOp) -> UOp:
    """Store residual = d loss / d (c + v . a), and add up the loss and the residuals."""
    at = net.at
    i, lane, block = net.points()
    output, p = at.residual.after(after)[i].load(), net.first_point + i
    prediction, slope = value_and_slope(net.spec.output_activation, output, net.slope_at_kink)
    error = prediction - at.y[p].load()
    weighted = error * at.weight[p].load()
    residual = 2.0 * (minibatch.weighted(p, error) if minibatch else weighted) * slope
    added = total.add([weighted * error, residual], lane, after, block, tile)
    return UOp.group(at.residual[i].store(residual), *added).end(lane).end(block)


# backwards


def _pushed_by_output(net: LayersNetwork, after: After) -> UOp:
    """Store p = r v act'(z) of the last layer, and add up p and r a, the gradients of b and v."""
    size, chunk = net.spec.chunk, net.loops.range(net.chunks)
    v = net.of_units(net.v, chunk, after, size)
    sums = [LaneSums(net.spec, net.loops, size) for _ in range(2)]
    started = sums[1].start(sums[0].start(*after, chunk))
    i, lane, block = net.points()
    residual = net.at.residual.after(*after)[i].load()
    pushes = _times_slopes(net, net.last, net.spec.further[-1], chunk, i, [residual * weight for weight in v], after)
    values = net.at_point(net.rows(net.at.values, net.last), chunk, i, after)
    stores = [place.store(push) for place, push in zip(net.at_point(Rows(net.at.pushes), chunk, i), pushes)]
    terms = pushes, [residual * value for value in values]
    added = [store for some, of in zip(sums, terms) for store in some.add(of, lane, started, block)]
    done = UOp.group(*stores, *added).end(lane).end(block)
    for some, start in zip(sums, (net.biases(net.last), net.v)):
        done = net.to_gradient(some, start + chunk * size, done)
    return done.end(chunk)


def _weights_summed(net: LayersNetwork, layer: UOp, after: After) -> UOp:
    """Add up p a, the gradients of the weights of a layer."""
    size, chunk, some = net.spec.chunk, net.loops.range(net.chunks), net.loops.range(net.chunks)
    sums = LaneSums(net.spec, net.loops, size**2)
    started = sums.start(*after, chunk, some)
    i, lane, block = net.points()
    pushes = net.at_point(Rows(net.at.pushes), chunk, i, after)
    values = net.at_point(net.rows(net.at.values, layer - 1), some, i, after)
    added = sums.add([push * value for push in pushes for value in values], lane, started, block)
    done = UOp.group(*added).end(lane).end(block)
    place = net.weights(layer) + (chunk * net.chunks + some) * size**2
    return net.to_gradient(sums, place, done).end(some).end(chunk)


def _pushed_back(net: LayersNetwork, layer: UOp, name: Activation, after: After) -> UOp:
    """Store p = (W^T p) act'(z) of the layer before, by way of `sums`, and add it up as the gradients of its b."""
    size, chunk = net.spec.chunk, net.loops.range(net.chunks)
    blocks = Blocks(net.weights(layer) + chunk * size**2, net.chunks, transposed=True)
    zeros = [UOp.const(0.0, dtypes.float32)] * size
    done = net.products(chunk, Rows(net.at.pushes), blocks, zeros, (*after, chunk)).end(chunk)
    chunk = net.loops.range(net.chunks)
    sums = LaneSums(net.spec, net.loops, size)
    started = sums.start(done, chunk)
    i, lane, block = net.points()
    factors = net.at_point(Rows(net.at.sums), chunk, i, (done,))
    pushes = _times_slopes(net, layer - 1, name, chunk, i, factors, (done,))
    stores = [place.store(push) for place, push in zip(net.at_point(Rows(net.at.pushes), chunk, i), pushes)]
    done = UOp.group(*stores, *sums.add(pushes, lane, started, block)).end(lane).end(block)
    return net.to_gradient(sums, net.biases(layer - 1) + chunk * size, done).end(chunk)


def _first_weights_summed(net: LayersNetwork, after: After) -> UOp:
    """Add up p x, the gradients of the weights of x."""
    size, chunk = net.spec.chunk, net.loops.range(net.chunks)
    sums = LaneSums(net.spec, net.loops, size)
    started = sums.start(*after, chunk)
    i, lane, block = net.points()
    terms = [push * net.x(i) for push in net.at_point(Rows(net.at.pushes), chunk, i, after)]
    done = UOp.group(*sums.add(terms, lane, started, block)).end(lane).end(block)
    return net.to_gradient(sums, net.w + chunk * size, done).end(chunk)


def _times_slopes(
    net: LayersNetwork, layer: UOp, name: Activation, chunk: UOp, i: UOp, factors: Sequence[UOp], after: After
) -> list[UOp]:
    """Return factor * act'(z) of each unit of a chunk, by the stored slope, or by the sign of act(z), which is that of z."""
    if net.at.slopes is not None:
        slopes = net.at_point(net.rows(net.at.slopes, layer), chunk, i, after)
        return [factor * slope for factor, slope in zip(factors, slopes)]
    values = net.at_point(net.rows(net.at.values, layer), chunk, i, after)
    return [times_slope(name, value, factor, None) for value, factor in zip(values, factors)]
