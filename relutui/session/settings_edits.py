"""Edits of the training settings and the activations: pure functions Session -> Session."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar, get_args

import numpy as np

from relutui.lib.arrays import Array
from relutui.model.learning_rate import LEARNING_RATE_RANGE
from relutui.model.network import ACTIVATIONS, SLOPES_AT_KINK, UNIT_ACTIVATIONS, Loss, Network, Parameters, same_bound
from relutui.model.training import OPTIMIZERS, TrainingSettings
from relutui.session.comparison import runs_by_slope
from relutui.session.edits import current_start, fit_limits
from relutui.session.session import Session

T = TypeVar("T")
WEIGHT_DECAYS = (0.0, 1e-4, 1e-3, 1e-2, 0.1)
MOMENTA = (0.0, 0.5, 0.9, 0.99)
LOSSES: tuple[Loss, ...] = get_args(Loss)


def scale_learning_rate(session: Session, factor: float) -> Session:
    """Multiply the learning rate by a factor, which ends an automatic one; optimizer state and step stay."""
    rate = session.state.settings.learning_rate * factor
    if (rate < LEARNING_RATE_RANGE[0] and factor < 1) or (rate > LEARNING_RATE_RANGE[1] and factor > 1):
        return session.say(f"the learning rate stays between {LEARNING_RATE_RANGE[0]:g} and {LEARNING_RATE_RANGE[1]:g}")
    settings, change = replace(session.state.settings, learning_rate=rate, automatic_rate=False), f"learning rate {rate:.4g}"
    return session.with_state(replace(session.state, settings=settings, change=change), "learning rate").say(change)


def next_optimizer(session: Session) -> Session:
    """Change to the next optimizer of sgd, momentum, adam; its moments start at zero, parameters and step stay."""
    settings = session.state.settings
    name = next_value(OPTIMIZERS, settings.optimizer)
    message = f"optimizer {name} from here on: parameters and step stay, its memory of gradients starts afresh"
    return _with_settings(session, replace(settings, optimizer=name), f"optimizer {name}", "optimizer").say(message)


def next_momentum(session: Session) -> Session:
    """Change to the next momentum; the moments stay: they are the velocity, of which it is the share kept."""
    settings = session.state.settings
    larger = (value for value in MOMENTA if value > settings.momentum)
    settings = replace(settings, momentum=next(larger, MOMENTA[0]))
    change = f"momentum {settings.momentum:g}"
    message = f"{change}: the share of its velocity that a step keeps; the velocity itself stays"
    return session.with_state(replace(session.state, settings=settings, change=change), "momentum").say(message)


def next_weight_decay(session: Session) -> Session:
    """Change to the next weight decay; the optimizer's memory stays."""
    settings = session.state.settings
    larger = (value for value in WEIGHT_DECAYS if value > settings.weight_decay)
    settings = replace(settings, weight_decay=next(larger, WEIGHT_DECAYS[0]))
    change = f"weight decay {settings.weight_decay:g}"
    message = f"{change}: so much of each parameter that is not locked is added to its gradient, which pulls it to 0"
    if not settings.weight_decay:
        message = f"{change}: nothing but the errors moves the parameters"
    return session.with_state(replace(session.state, settings=settings, change=change), "weight decay").say(message)


def why_no_momentum(session: Session) -> str | None:
    """Return why the momentum has no effect; None if it has one."""
    optimizer = session.state.settings.optimizer
    return None if optimizer == "momentum" else f"{optimizer} has no momentum to set; O changes the optimizer"


def next_loss(session: Session) -> Session:
    """Change to the other loss, mse or sse; the moments are reset, since they belong to the loss before."""
    settings, points = session.state.settings, len(session.dataset)
    name = next_value(LOSSES, settings.loss)
    bound = settings.stop_below and same_bound(settings.stop_below, settings.loss, name, points)
    what, size = ("mean", "small") if name == "mse" else ("sum", "large")
    by_all = not session.state.problem(session.dataset).uses_minibatches  # else a gradient is that of fewer points
    grown = "loss and gradients are" if by_all else "the loss is"
    message = f"loss {name.upper()}: the {what} of the squared errors; {grown} {points:,} times as {size} now"
    settings = replace(settings, loss=name, stop_below=bound)
    return _with_settings(session, settings, f"loss {name.upper()}", "loss").say(message)


def next_activation(session: Session) -> Session:
    """Change to the next activation of the hidden units; parameters and step stay."""
    name = next_value(UNIT_ACTIVATIONS, session.state.network.activation)
    network = replace(session.state.network, activation=name, deeper=(name,) * len(session.state.network.deeper))
    message = why_no_training(network) or f"activation: {name}"
    return _with_network(session, network, f"activation {name}", "activation").say(message)


def next_output_activation(session: Session) -> Session:
    """Change to the next activation of the output; parameters and step stay."""
    name = next_value(ACTIVATIONS, session.state.network.output_activation)
    network = replace(session.state.network, output_activation=name)
    return _with_network(session, network, f"output activation {name}", "output").say(f"output activation: {name}")


def next_slope_at_kink(session: Session) -> Session:
    """Change to the next value that training takes for relu'(0): 0, 1/2, 1."""
    slope = next_value(SLOPES_AT_KINK, session.state.network.slope_at_kink)
    network = replace(session.state.network, slope_at_kink=slope)
    change = f"slope at the kink {slope:g}"
    on_kink = _points_on_kink(network, session.state.parameters, session.dataset.x)
    where = f"z is 0 at {on_kink} of {len(session.dataset)} points"
    if not on_kink:
        where = "no point has z = 0, so 0, 0.5 and 1 do the same"
    at_start = _points_on_kink(network, current_start(session).parameters, session.dataset.x)
    if at_start and not on_kink:
        where += f"; at the start z is 0 at {at_start} of {len(session.dataset)} points, where it decides"
    runs = runs_by_slope(session)
    return session.with_state(replace(session.state, network=network, change=change), "slope at the kink").say(
        f"slope at the kink, relu'(0) = {slope:g} from now on. It matters only where z is exactly 0; "
        f"now {where}{runs and f'; {runs}'}"
    )


def _points_on_kink(network: Network, p: Parameters, x: Array) -> int:
    """The number of points at which z of any unit is exactly 0."""
    on = [(network.pre_activations(p, x, layer) == 0.0).any(axis=0) for layer in range(len(p.sizes))]
    return int(np.any(on, axis=0).sum())


def why_no_training(network: Network) -> str | None:
    """Return why a network is drawn but not trained; None if it is trained."""
    if not network.stepped:
        return None
    return (
        f"{network.activation} is drawn but not trained: its slope is 0 but at its jumps, so no gradient reaches w and b; "
        "b solves for v and c"
    )


def why_no_kink(session: Session) -> str | None:
    """Return why the slope at the kink has no effect; None if it has one."""
    network = session.state.network
    return None if network.kinked else f"{network.activation} has no kink"


def next_value(values: Sequence[T], value: T, by: int = 1) -> T:
    """Return the value `by` places after `value`, cyclically."""
    return values[(values.index(value) + by) % len(values)]


def _with_settings(session: Session, settings: TrainingSettings, change: str, group: str) -> Session:
    """Set other settings, and reset the optimizer's moments."""
    checkpoint = session.state.checkpoint
    state = replace(session.state, settings=settings, checkpoint=checkpoint.edited(checkpoint.parameters), change=change)
    return session.with_state(state, group)


def _with_network(session: Session, network: Network, change: str, group: str) -> Session:
    """Set another network with the same parameters, and reset the optimizer's moments, since the loss is another one."""
    checkpoint = session.state.checkpoint
    state = replace(session.state, network=network, checkpoint=checkpoint.edited(checkpoint.parameters), change=change)
    return fit_limits(session.with_state(state, group))
