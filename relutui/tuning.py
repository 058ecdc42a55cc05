"""What changes how the network computes or is trained, not its parameters: pure functions Session -> Session."""

from dataclasses import replace

from relutui.edits import fit_limits
from relutui.network import ACTIVATIONS, SLOPES_AT_KINK, Activation, Network
from relutui.session import Session

RATES = (1e-12, 1e6)  # to which halving and doubling keep the learning rate


def scale_learning_rate(session: Session, factor: float) -> Session:
    """The learning rate multiplied by a factor; optimizer state and step stay."""
    rate = session.state.settings.learning_rate * factor
    if (rate < RATES[0] and factor < 1) or (rate > RATES[1] and factor > 1):
        return session.say(f"the learning rate stays between {RATES[0]:g} and {RATES[1]:g}")
    settings = replace(session.state.settings, learning_rate=rate)
    return session.with_state(replace(session.state, settings=settings, change="learning rate"), "learning rate").say(
        f"learning rate {rate:g}"
    )


def next_activation(session: Session) -> Session:
    """The next activation of the hidden units; parameters and step stay."""
    name = _after(session.state.network.activation)
    network = replace(session.state.network, activation=name)
    return _with_network(session, network, "activation").say(f"activation: {name}")


def next_output_activation(session: Session) -> Session:
    """The next activation of the output."""
    name = _after(session.state.network.output_activation)
    network = replace(session.state.network, output_activation=name)
    return _with_network(session, network, "output activation").say(f"output activation: {name}")


def next_slope_at_kink(session: Session) -> Session:
    """The next value that stands for relu'(0): 0, 1/2, 1."""
    place = SLOPES_AT_KINK.index(session.state.network.slope_at_kink) + 1
    slope = SLOPES_AT_KINK[place % len(SLOPES_AT_KINK)]
    network = replace(session.state.network, slope_at_kink=slope)
    state = replace(session.state, network=network, change="slope at the kink")
    return session.with_state(state, "slope at the kink").say(
        f"slope at the kink {slope:g}: what training takes for relu'(0), the slope where z is exactly 0"
    )


def no_kink(session: Session) -> str | None:
    """Why the slope at the kink makes no difference, if it does not."""
    network = session.state.network
    return None if network.kinked else f"{network.activation} has no kink"


def _after(name: Activation) -> Activation:
    return ACTIVATIONS[(ACTIVATIONS.index(name) + 1) % len(ACTIVATIONS)]


def _with_network(session: Session, network: Network, change: str) -> Session:
    """Another network with the same parameters; the optimizer's memory is of another loss, so it goes."""
    checkpoint = session.state.checkpoint
    state = replace(session.state, network=network, checkpoint=checkpoint.edited(checkpoint.parameters), change=change)
    return fit_limits(session.with_state(state, change))
