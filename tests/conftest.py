from collections.abc import Iterator

import pytest
from blocking import Blocking
from hypothesis import settings

from relutui.engine import Engine

# A busy machine is no fault: no example fails for taking long.
settings.register_profile("relutui", deadline=None)
settings.load_profile("relutui")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--device", help="what the engine's tests train on, in tinygrad's DEV notation: CPU:X86, CL, ...")


@pytest.fixture(scope="session")
def device(request: pytest.FixtureRequest) -> str | None:
    """The device given by --device; None is the best CPU."""
    name: str | None = request.config.getoption("--device")
    return name


@pytest.fixture(scope="session")
def engine(device: str | None) -> Iterator[Blocking]:
    """One engine for all tests of a process: its kernels take a second each to compile."""
    engine = Blocking(Engine(device))
    engine.open()
    yield engine
    engine.close()
