"""Scenarios: the TOML files and their values, targets and data, and the scenarios that ship."""
