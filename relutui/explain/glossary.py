"""The words of the screen, one meaning each: the app's help and the README show this list."""

GLOSSARY = {
    "unit": "one hidden neuron: it computes v relu(w x + b)",
    "weight w": "how steep z is; its sign is the side of the unit",
    "bias b": "moves z up or down, so the kink slides by -Δb / w",
    "pre-activation z": "w x + b, a straight line",
    "activation a": "relu(z): z where z is above 0, else 0",
    "kink": "x = -b / w, where z is 0: the unit goes on or off",
    "side": "left or right of its kink: where the unit is on",
    "weight v": "scales the activation, and flips it if v is below 0",
    "contribution": "v a: what a unit adds to the prediction",
    "output bias c": "moves the whole prediction up or down",
    "prediction ŷ": "c and all contributions, summed at every x",
    "piece": "between two kinks: there the prediction is straight",
    "segment": "a straight part of the target",
    "loss": "mean (MSE) or sum (SSE) of the squared errors",
    "step": "one step of training, on all points at once",
    "=": "locked: training and nudges leave the number alone",
    "dead": "z is 0 or below at every point: it adds nothing",
    "parked": "on, but with activations under 1e-6: too small",
    "twin": "kink and side are those of another unit",
    "always on": "z is above 0 at every point: it adds a straight line",
}
