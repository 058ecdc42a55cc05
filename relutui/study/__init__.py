"""Experiments with many networks: sweeps, random starts, refits, and the best possible fit."""
