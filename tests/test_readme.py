"""Every Python block of the README runs, and prints what its comments say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import processes
import pytest

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.slow
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
FILES = re.findall(r"`(core/\w+/\w+\.py)`\.\n\n```python\n(.*?)```", README, re.DOTALL)  # blocks to be saved
EXAMPLES = [block for block in BLOCKS if block not in [text for _, text in FILES]]
PROMISED = re.compile(r"^ *print\(.*\)  # (.+)$", re.MULTILINE)


def python(code: str, home: Path, interpreter: str | Path = sys.executable, path: str | None = None) -> str:
    """What a new interpreter prints. path: where it looks for packages first; at home, unless it is told."""
    environment = {**os.environ, "PYTHONPATH": str(home) if path is None else path, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [str(interpreter), "-c", code], cwd=home, env=environment, capture_output=True, encoding="utf-8", timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def check(block: str, printed: list[str]) -> None:
    for line in PROMISED.findall(block):
        assert line in printed, f"the README promises {line!r}; printed was {printed}"


def test_the_examples_print_what_they_say() -> None:
    """In one process, one after the other; from the wheel each in its own."""
    check("\n".join(EXAMPLES), python("\n".join(EXAMPLES), ROOT).splitlines())


@pytest.mark.parametrize(("path", "text"), FILES)
def test_a_new_file_is_all_it_takes(path: str, text: str, tmp_path: Path) -> None:
    processes.copied(tmp_path)
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


def copied(folder: Path) -> Path:
    """The project as somebody who wants to run it has it."""
    skipped = shutil.ignore_patterns("__pycache__", ".*", "*.egg-info", "build", "tests")
    return Path(shutil.copytree(ROOT, folder, ignore=skipped))


def pip(*words: str, cwd: Path, interpreter: str | Path = sys.executable) -> None:
    command = [str(interpreter), "-m", "pip", *words]
    done = subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8", timeout=300)
    if re.search("No matching distribution|connection|resolve", done.stderr):
        pytest.skip("setuptools cannot be fetched")
    assert done.returncode == 0, done.stderr


def test_what_the_cloud_installs_leaves_nothing_behind(tmp_path: Path) -> None:
    home = copied(tmp_path / "lab")
    before = {path.name for path in home.iterdir()}
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True, timeout=120)
    own = tmp_path / "venv/bin/python"
    pip("install", "-q", "--no-deps", "-r", "requirements.txt", cwd=home, interpreter=own)
    assert {path.name for path in home.iterdir()} - before == {"descent_lab.egg-info"}
    told = python("from importlib.metadata import version; print(version('descent-lab'))", tmp_path, own, path="")
    assert f'__version__ = "{told.strip()}"' in (ROOT / "core/__init__.py").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "-q", "--no-deps", "-w", str(folder), ".", cwd=copied(folder / "lab"))
    (file,) = folder.glob("*.whl")
    return file


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """The interpreter of an environment that has the wheel, and sees what it needs where it is installed already."""
    home = wheel.parent / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True, timeout=120)
    own = home / "bin/python"
    (packages,) = home.glob("lib/python*/site-packages")
    # Its .pth files are not read there, so that the project, were it installed there in place, would not be found.
    (packages / "present.pth").write_text("\n".join({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}))
    pip("--python", str(own), "install", "-q", "--no-deps", "--no-index", str(wheel), cwd=wheel.parent)
    return own


def test_a_wheel_has_every_file(wheel: Path) -> None:
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    files = {
        path.relative_to(ROOT).as_posix()
        for folder in ("core", "pages")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert held == files - set(re.findall(r"!\[.*\]\((.+)\)", README)), (
        "the README's own picture is not part of the app"
    )


def test_a_wheel_works_where_it_is_installed(installed: Path, tmp_path: Path) -> None:
    code = "import core, core.text, pages.race; print(core.__file__, pages.__file__, *core.text.TABLES, sep='\\n')"
    first, second, *languages = python(code, tmp_path, installed, path="").splitlines()
    home = installed.parents[1].resolve()
    assert Path(first).resolve().is_relative_to(home)
    assert Path(second).resolve().is_relative_to(home)
    assert len(languages) >= 2


@pytest.mark.parametrize("block", EXAMPLES, ids=[re.sub(r"\W+", "-", block[:40]) for block in EXAMPLES])
def test_an_example_runs_from_the_wheel(block: str, installed: Path, tmp_path: Path) -> None:
    check(block, python(block, tmp_path, installed, path="").splitlines())


def test_there_is_something_to_check() -> None:
    assert len(EXAMPLES) >= 4
    assert len(FILES) == 1
    assert all(PROMISED.search(block) for block in EXAMPLES)


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#:]+)\)", README))
def test_a_link_leads_somewhere(target: str) -> None:
    assert (ROOT / target).is_file()
