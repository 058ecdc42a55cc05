"""Sentences that explain a unit, the prediction, an edit, stalled training or the exercise."""
