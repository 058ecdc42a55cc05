"""Solving for v and c beside the screen: of many units at many points it takes seconds."""

import asyncio

from relutui.session.output_edits import apply_output_fit, output_fit
from relutui.ui.controllers.host import Host


async def solve(host: Host) -> None:
    """Take over the best v and c for the present state, unless the state changes in the meantime."""
    session, state = host.session, host.session.state
    if session.running:
        host.session = session.say("training is running; space pauses it, then b solves for v and c")
        return
    fit = await asyncio.to_thread(output_fit, session)
    if host.session.state is state:
        host.session = apply_output_fit(host.session, fit)
