"""A look ahead: the state after some more steps, shown as a preview while the session stays where it is."""

from dataclasses import replace

from relutui.lib.number_text import distinct_texts, loss_text
from relutui.model.trainer import Diverged, Trainer, fault
from relutui.model.training import Checkpoint
from relutui.session.own_units import loss_name
from relutui.session.session import Session
from relutui.session.state import loss_of
from relutui.ui.controllers.host import Host


async def look_ahead(trainer: Trainer, host: Host, steps: int) -> None:
    """Show where so many steps lead from the present state, unless the state changes in the meantime."""
    session, state = host.session, host.session.state
    if session.running:
        host.session = session.say("training is running; space pauses it, then p shows the preview")
        return
    try:
        preview, ending = await trainer.train(state.checkpoint, state.problem(session.dataset), steps), ""
    except Diverged as error:
        preview, ending = error.checkpoint, "then it diverges"
    except Exception as error:  # a fault of ours or of the trainer, or no trainer: show it, and go on
        host.session = host.session.say(fault("the preview", error), error=True)
        return
    if host.session.state is not state:
        return
    taken = preview.step - state.checkpoint.step
    if not taken and not ending:
        host.session = host.session.say(f"training stops here: the loss is below {state.settings.stop_below:g}")
        return
    if taken < steps and not ending:
        ending = f"then it stops, as the loss is below {state.settings.stop_below:g}"
    session = host.session.with_view(name="fit").with_findings(preview=preview)
    host.session = session.say(_message(host.session, preview, ending), error=ending.endswith("diverges"))


def _message(session: Session, preview: Checkpoint, ending: str) -> str:
    """Return how far ahead the preview is, its loss, and why it ended early, if it did."""
    state = session.state
    steps = preview.step - state.checkpoint.step
    then, now = distinct_texts((loss_of(replace(state, checkpoint=preview), session.dataset), session.loss), loss_text)
    text = f"{steps} step{'s' * (steps != 1)} on: {loss_name(session)} {then} (now {now})"
    return f"{text}; {ending}" if ending else f"{text}; p hides the preview"
