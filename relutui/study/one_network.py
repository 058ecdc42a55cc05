"""Training one network for many steps, in pieces after each of which it can be stopped."""

import time
from collections.abc import AsyncIterator

from relutui.lib.pacing import next_count
from relutui.model.trainer import Trainer
from relutui.model.training import Checkpoint, Problem

PIECE_S = 0.05  # of training between two stops
GROWTH = 1000  # times as many steps as the last piece had


async def train_in_pieces(trainer: Trainer, start: Checkpoint, problem: Problem, steps: int) -> AsyncIterator[Checkpoint]:
    """Train for `steps` steps, or fewer if the loss falls below settings.stop_below, and yield the checkpoint of each piece.

    Raises Diverged with the last finite state, and TrainerUnavailable.
    """
    checkpoint, goal, asked = start, start.step + steps, 1  # a single one at first: later steps might lead back
    while checkpoint.step < goal:
        began = time.perf_counter()
        trained = await trainer.train(checkpoint, problem, asked)
        is_stopped = trained.step < checkpoint.step + asked
        checkpoint = trained
        yield checkpoint
        if is_stopped:
            return
        asked = min(next_count(asked, time.perf_counter() - began, PIECE_S, GROWTH * asked), goal - checkpoint.step)
