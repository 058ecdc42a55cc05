"""The tests here need large libraries, of pinned versions: .ci/run makes an environment for them (see requirements.txt)."""

import os
from pathlib import Path

import pytest

os.environ["KERAS_BACKEND"], os.environ["JAX_ENABLE_X64"] = "jax", "1"  # read when Keras and JAX are imported
HERE = Path(__file__).parent


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave all of this folder out, without importing it, unless it is asked for."""
    return None if config.getoption("--frameworks") else True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the libraries warn of each other's old ways."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning"))
