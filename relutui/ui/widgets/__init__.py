"""The panels: each takes a readout, draws it, and posts messages; none holds state that matters or knows the model."""
