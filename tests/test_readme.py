"""Every Python block of the README runs, and prints what its comments say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.slow
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
FILES = re.findall(r"`(core/\w+/\w+\.py)`\.\n\n```python\n(.*?)```", README, re.DOTALL)  # blocks to be saved
EXAMPLES = [block for block in BLOCKS if block not in [text for _, text in FILES]]
PROMISED = re.compile(r"^ *print\(.*\)  # (.+)$", re.MULTILINE)


def python(code: str, home: Path) -> str:
    """What a new interpreter prints."""
    environment = {**os.environ, "PYTHONPATH": str(home), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=home, env=environment, capture_output=True, encoding="utf-8", timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("block", EXAMPLES, ids=[re.sub(r"\W+", "-", block[:40]) for block in EXAMPLES])
def test_an_example_prints_what_it_says(block: str) -> None:
    printed = python(block, ROOT).splitlines()
    for line in PROMISED.findall(block):
        assert line in printed, f"the README promises {line!r}; printed was {printed}"


@pytest.mark.parametrize(("path", "text"), FILES)
def test_a_new_file_is_all_it_takes(path: str, text: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "core", tmp_path / "core", ignore=shutil.ignore_patterns("__pycache__"))
    assert not (ROOT / path).exists(), "the example is no longer new"
    (tmp_path / path).write_text(text, encoding="utf-8")
    key = Path(path).stem
    code = (
        "from core import Runner, Scene, descend\n"
        f"run = descend('bowl', {key!r}, start=(-7, 2), steps=300, hypers={{'lr': 0.5}})\n"
        f"scene = Scene(runners=(Runner({key!r}),))\n"
        "assert Scene.from_query(scene.to_string()) == (scene, [])\n"
        "print(run.outcome, bool(run.loss[-1] < run.loss[0]))\n"
    )
    assert python(code, tmp_path).split() in (["arrived", "True"], ["moving", "True"])


def test_the_cluster_script_runs_as_a_file(tmp_path: Path) -> None:
    """Saved as it stands: a process that the cluster starts reads the file again."""
    (script,) = re.findall(r"```\n((?:(?!```).)*from distributed import.*?)```", README, re.DOTALL)
    file = tmp_path / "far.py"
    file.write_text(script, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(file)], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True,
        encoding="utf-8", timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert 0 < float(done.stdout) < 1


def test_what_the_cloud_installs_leaves_nothing_behind(tmp_path: Path) -> None:
    home = tmp_path / "lab"
    skipped = shutil.ignore_patterns("__pycache__", ".*", "*.egg-info", "build", "tests")
    shutil.copytree(ROOT, home, ignore=skipped)
    before = {path.name for path in home.iterdir()}
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True, timeout=120)
    pip = [str(tmp_path / "venv/bin/python"), "-m", "pip", "install", "-q", "--no-deps", "-r", "requirements.txt"]
    done = subprocess.run(pip, cwd=home, capture_output=True, encoding="utf-8", timeout=300)
    if re.search("No matching distribution|connection|resolve", done.stderr):
        pytest.skip("setuptools cannot be fetched")
    assert done.returncode == 0, done.stderr
    assert {path.name for path in home.iterdir()} - before == {"descent_lab.egg-info"}
    version = [
        str(tmp_path / "venv/bin/python"),
        "-c",
        "from importlib.metadata import version; print(version('descent-lab'))",
    ]
    told = subprocess.run(version, capture_output=True, encoding="utf-8", timeout=60).stdout.strip()
    assert f'__version__ = "{told}"' in (ROOT / "core/__init__.py").read_text(encoding="utf-8")


def test_there_is_something_to_check() -> None:
    assert len(EXAMPLES) >= 4
    assert len(FILES) == 1
    assert all(PROMISED.search(block) for block in EXAMPLES)


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#:]+)\)", README))
def test_a_link_leads_somewhere(target: str) -> None:
    assert (ROOT / target).is_file()
