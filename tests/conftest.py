"""Options for every test: `pytest --refresh-reference` runs the real libraries again before the tests."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAIN = sys.modules["__main__"]
FEW = 41  # a usual run takes one in so many of what is made at random; prime, so that it meets all that recurs
SECONDS = {"browser": 4.0, "slow": 9.0}  # what a test so marked takes, roughly; any other a fifth of one
sys.path.insert(0, str(ROOT))  # a fresh clone is tested as it lies there, installed or not


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--refresh-reference",
        action="store_true",
        help="run PyTorch, Keras, optax and pytorch-optimizer anew and store what they did in tests/reference/*.json",
    )

    parser.addoption(
        "--thorough",
        action="store_true",
        help="ten thousand random scenes instead of 250: two minutes",
    )


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are cores: the tests in a browser wait for half of their time."""
    return (os.cpu_count() or 1) + 1


def pytest_configure(config: pytest.Config) -> None:
    # Before collection, which reads the files; once, not in every worker of pytest-xdist.
    if config.getoption("--refresh-reference") and not hasattr(config, "workerinput"):
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        makers = (
            [sys.executable, str(ROOT / "tests/reference/make.py")],
            [sys.executable, str(ROOT / "tests/reference/networks.py")],
            [sys.executable, str(ROOT / "tests/reference/programs.py")],
        )
        if any(subprocess.run(make, cwd=ROOT, env={**os.environ, "PYTHONPATH": path}).returncode for make in makers):
            pytest.exit("the reference files could not be made; the reason stands above", returncode=1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take longest come first: begun last, one of them would keep a worker busy when the others are done."""

    def seconds(item: pytest.Item) -> float:
        return max((cost for mark, cost in SECONDS.items() if item.get_closest_marker(mark)), default=0.2)

    takes: Counter[str] = Counter()
    for item in items:
        takes[item.nodeid.partition("::")[0]] += seconds(item)
    items.sort(key=lambda item: -takes[item.nodeid.partition("::")[0]])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """part: a test of many random things takes them in parts, of which a usual run has the first."""
    if "part" in metafunc.fixturenames:
        metafunc.parametrize("part", range(FEW if metafunc.config.getoption("--thorough") else 1))


@pytest.fixture(scope="session")
def parts() -> int:
    """How many parts there are."""
    return FEW


@pytest.fixture(autouse=True)
def main_stays() -> Iterator[None]:
    """Streamlit puts the script that it runs in the place of `__main__`, where a spawned process would run it again."""
    yield
    sys.modules["__main__"] = MAIN
