"""What to do in the app about points that training does badly on."""

from relutui.model.dataset import Dataset, scaling_advice

REMEDY = 'press % for scale = "standard" under [target]'


def scaling_hint(dataset: Dataset) -> str:
    """Return what makes training do badly on points, and the key that scales them; empty where nothing does."""
    return scaling_advice(dataset, REMEDY)
