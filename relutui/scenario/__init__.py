"""Scenarios: TOML files to and from values, targets and their data, and the ones that ship."""
