"""Training by tinygrad: the only package that imports it, and not before `Engine.open`."""
