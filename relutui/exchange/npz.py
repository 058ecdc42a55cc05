"""Files of arrays, as numpy writes them."""

import io

import numpy as np

from relutui.scenario.scenario import Scenario


def npz_of(scenario: Scenario) -> bytes:
    """Return the file of the network at a scenario's start: w, b, v, c, the names of its activations, and x, y, prediction."""
    network, p, data = scenario.network, scenario.start, scenario.dataset
    file = io.BytesIO()
    np.savez(
        file,
        w=p.w,
        b=p.b,
        v=p.v,
        c=np.float64(p.c),
        activation=np.str_(network.activation),
        output_activation=np.str_(network.output_activation),
        x=data.x,
        y=data.y,
        prediction=network.prediction(p, data.x),
    )
    return file.getvalue()
