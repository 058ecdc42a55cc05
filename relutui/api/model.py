"""A network on its data, as a value: `train` returns a new one, and nothing ever changes one."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from relutui.api.background import run
from relutui.api.options import check_whole, numbers, open_scenario
from relutui.engine.engine import Engine
from relutui.lib.arrays import Array, read_only
from relutui.lib.number_text import loss_text
from relutui.model.initialization import Scheme
from relutui.model.network import Parameters
from relutui.model.trainer import Diverged as TrainerDiverged
from relutui.model.training import Checkpoint, Optimizer
from relutui.model.values import values_of
from relutui.readout.loss import read_loss
from relutui.scenario.csv_choice import Column, Missing
from relutui.scenario.scenario import Units
from relutui.scenario.scenario_files import write
from relutui.scenario.sections import PARAMETER_LIMIT
from relutui.scenario.share_string import share_string
from relutui.scenario.writer import to_toml
from relutui.session import edits
from relutui.session.own_units import loss_name
from relutui.session.session import Session, as_scenario, open_session
from relutui.session.settings_edits import why_no_training
from relutui.study.one_network import train_in_pieces


class Curve(NamedTuple):
    """A loss curve: the steps at which it was recorded, and the loss at each, both of shape (samples,)."""

    steps: Array
    losses: Array


class Diverged(Exception):
    """The loss or a parameter is no longer finite; `model` is the last finite one."""

    def __init__(self, model: "Model") -> None:
        rate = model._session.state.settings.learning_rate
        super().__init__(f"diverged after step {model.step} at learning rate {rate:g}")
        self.model = model


class Model:
    """A network with its scenario after some steps of training.  Made by `load`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def name(self) -> str:
        """The name of the scenario."""
        return self._session.scenario.name

    @property
    def title(self) -> str:
        """The title of the scenario."""
        return self._session.scenario.title

    @property
    def seed(self) -> int | None:
        """The seed of the random start; None for a start that the scenario lists."""
        return self._session.state.seed

    @property
    def step(self) -> int:
        """The number of steps taken."""
        return self._session.state.checkpoint.step

    @property
    def parameters(self) -> Parameters:
        """The weights: w, b and v of shape (units,), read-only, and c; in scaled units if the target has a scale."""
        return self._session.state.parameters

    @property
    def loss(self) -> float:
        """The loss over the data, of the scenario's kind (mse or sse), in scaled units if the target has a scale."""
        return self._session.loss

    @property
    def x(self) -> Array:
        """The x of the data, ascending, of shape (points,), read-only."""
        return read_only(self._session.scale.x.own(self._session.dataset.x))

    @property
    def y(self) -> Array:
        """The y of the data, of shape (points,), read-only."""
        return read_only(self._session.scale.y.own(self._session.dataset.y))

    @property
    def curve(self) -> Curve:
        """The loss on the way, at up to 2,000 steps, the present one last."""
        history = read_loss(self._session)
        return Curve(np.array(history.steps, np.float64), np.array(history.losses))

    def predict(self, x: ArrayLike) -> Array:
        """Return the prediction at x, of the shape of x, both in the data's own units.  Raises ValueError for no numbers."""
        at = numbers("x", x)
        state, scale = self._session.state, self._session.scale
        y = state.network.prediction(state.parameters, scale.x.scaled(at.ravel()))
        return np.array(scale.y.own(y)).reshape(at.shape)

    def train(self, steps: int) -> "Model":
        """Return the model after so many more steps, or fewer if its loss falls below the scenario's stop_below.

        Raises Diverged, TrainerUnavailable, and ValueError for a network that cannot be trained and for steps that are no whole
        number of 0 or more.
        """
        check_whole("steps", steps, 0)
        session = self._session
        if why := why_no_training(session.state.network):
            raise ValueError(f"{session.scenario.name}: {why}")
        problem, start = session.state.problem(session.dataset), session.state.checkpoint

        async def train(engine: Engine) -> Checkpoint:
            checkpoint = start
            async for checkpoint in train_in_pieces(engine, start, problem, steps):  # noqa: B007
                pass
            return checkpoint

        try:
            return self._at(run(train))
        except TrainerDiverged as error:
            raise Diverged(self._at(error.checkpoint)) from None

    def with_parameters(
        self, w: ArrayLike | None = None, b: ArrayLike | None = None, v: ArrayLike | None = None, c: float | None = None
    ) -> "Model":
        """Return the model with these weights, set by hand at the same step; None keeps what there is.

        w, b and v have a value for each unit: of several hidden layers w and b are those of the first, v of the last.  Locks
        count for training alone.  Raises ValueError for other shapes, and for numbers that no scenario may have: above 1e39
        either way.
        """
        old, state = self.parameters, self._session.state
        given = (("w", old.w, w), ("b", old.b, b), ("v", old.v, v), ("c", old.c, c))
        new_w, new_b, new_v, new_c = (numbers(name, mine if new is None else new) for name, mine, new in given)
        if new_c.size != 1 or (new_w.shape, new_b.shape, new_v.shape) != (old.w.shape, old.b.shape, old.v.shape):
            numbers_of = (
                f"{old.units} numbers each" if not old.deeper else f"{len(old.w)}, {len(old.b)} and {len(old.v)} numbers"
            )
            raise ValueError(f"expected {numbers_of} for w, b and v, and one for c")
        new = Parameters(new_w, new_b, new_v, float(new_c.ravel()[0]), old.deeper)
        if not (np.abs(values_of(new)) <= PARAMETER_LIMIT).all():
            raise ValueError(f"expected finite numbers of at most {PARAMETER_LIMIT:g} either way")
        changed = replace(state, checkpoint=state.checkpoint.edited(new), edits=state.edits + 1, change="w, b, v and c")
        return Model(self._session.with_state(changed))

    def toml(self) -> str:
        """Return the model as the text of a scenario file that begins where it is.  Raises ScenarioError if it is too large."""
        return to_toml(as_scenario(self._session, self.name))

    def share(self) -> str:
        """Return the model as a share string, which `load` opens.  Raises ScenarioError if it is too large."""
        return share_string(as_scenario(self._session, self.name))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model as a scenario to a new file that ends in .toml, whole or not at all.

        Points that are too many for it go to a CSV file beside it.  Raises FileExistsError and any other OSError, ValueError
        and ScenarioError.
        """
        if not isinstance(path, str | os.PathLike):
            raise ValueError(f"expected a path, got {path!r}")
        file = Path(path)
        if file.suffix != ".toml":
            raise ValueError(f"{file}: expected a name that ends in .toml")
        write(as_scenario(self._session, file.stem), file)

    def __repr__(self) -> str:
        loss = f"{loss_name(self._session)} {loss_text(self.loss)}"
        return f"<relutui.Model {self.name}: {self.parameters.units} units, step {self.step:,}, {loss}>"

    def _repr_svg_(self) -> str:
        """Return the chart, which a notebook shows: data, prediction, kinks, and what each unit adds if there are few."""
        from relutui.plot.svg import svg_of
        from relutui.ui.fit_picture import fit_picture

        return svg_of(fit_picture(self._session))

    def _at(self, checkpoint: Checkpoint) -> "Model":
        return Model(edits.record_training(self._session, checkpoint, run=0))


def load(
    name: str | os.PathLike[str],
    *,
    x: Column | None = None,
    y: Column | None = None,
    missing: Missing = "refuse",
    seed: int | None = None,
    units: Units | None = None,
    scheme: Scheme | None = None,
    scale: float | None = None,
    optimizer: Optimizer | None = None,
    learning_rate: float | Literal["auto"] | None = None,
    momentum: float | None = None,
    weight_decay: float | None = None,
    batch: int | Literal["all"] | None = None,
) -> Model:
    """Return a scenario's model at its start: of a shipped name, a path or a share string.

    x, y: the columns of a file of data, by name or number from 1, where it has others too; missing: "drop" leaves out its rows
    with an empty or NA cell, a number those with that number, too;
    seed: of the random start to begin at, where the scenario may have another or none; units: for scenarios that draw theirs,
    a tuple for those of each of several hidden layers;
    scheme, scale: of random starts.  Raises ScenarioError for what cannot be read, ValueError for what no scenario may have.
    """
    scenario = open_scenario(
        name,
        x=x,
        y=y,
        missing=missing,
        seed=seed,
        units=units,
        scheme=scheme,
        scale=scale,
        optimizer=optimizer,
        learning_rate=learning_rate,
        momentum=momentum,
        weight_decay=weight_decay,
        batch=batch,
    )
    return Model(open_session(scenario, seed=seed))
