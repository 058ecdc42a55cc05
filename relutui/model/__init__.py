"""The network, its data and its training, as immutable values in plain numpy."""
