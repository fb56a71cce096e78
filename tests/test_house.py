"""The rules of the house: imports run one way, one thing is one file, and nothing keeps a second list of them."""

from __future__ import annotations

import ast
import builtins
import dis
import importlib
import importlib.util
import inspect
import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest
from processes import HALF_STEP, copied, python

import core
from core import OPTIMIZERS, SCHEDULES, SURFACES
from core.discover import discover
from core.expression.faults import MAX_LENGTH, MAX_NODES
from core.modifiers import MODIFIERS
from core.nets.datasets import DATASETS
from core.nets.initializations import INITIALIZATIONS
from core.nets.layers import LAYERS as NET_LAYERS
from core.nets.own import MOST_BYTES, MOST_ROWS
from core.scene import MAX_NTH, MAX_QUERY, MAX_RUNNERS, MAX_STEPS
from core.spec import Family
from core.stops import STOPS

ROOT = Path(__file__).parent.parent
CORE = sorted((ROOT / "core").rglob("*.py"))
SHELL = [file for file in (ROOT / "app.py", *sorted((ROOT / "pages").rglob("*.py"))) if file.exists()]
DECLARED = {
    "core.optimizers": OPTIMIZERS,
    "core.schedules": SCHEDULES,
    "core.surfaces": SURFACES,
    "core.modifiers": MODIFIERS,
    "core.stops": STOPS,
    "core.nets.initializations": INITIALIZATIONS,
    "core.nets.datasets": DATASETS,
}  # (layers are called what everybody calls such functions)

LAYERS = [
    {"core.discover", "core.spec"},
    {"core.optimizers", "core.schedules", "core.surfaces", "core.modifiers", "core.stops"},
    {"core.engine", "core.nets", "core.expression", "core.scene", "core.theory", "core.curvature", "core.floor"},
    {
        "core.maps",
        "core.tuning",
        "core.range_test",
        "core.anatomy",
        "core.beside",
        "core.ending",
        "core.course",
        "core.notation",
        "core.browser",
    },
    {"core.figures", "core.export", "core.lessons", "core.text", "core.presets", "core.experiments", "core.textbook"},
]

ALLOWED = {
    ("core/scene/scene.py", "bowl"): "the surface of an empty scene",
    ("core/scene/mending.py", "bowl"): "the surface of a scene without a sound one",
    ("core/scene/runner.py", "constant"): "the schedule of a runner that names none",
    ("core/scene/mending.py", "constant"): "the schedule in the place of one that is none",
    ("core/scene/query.py", "constant"): "the schedule of a link with a warm-up and nothing else",
    ("core/spec/schedule.py", "momentum"): "the hyperparameter that a schedule may change beside the rate",
    ("core/engine/descend.py", "constant"): "the schedule of a run that names none",
    ("pages/maps/picture.py", "circles"): "a kind of mark on a map",
    ("core/nets/experiment.py", "moons"): "the data of an experiment that names none",
    ("core/nets/experiment.py", "xavier"): "the initial weights of an experiment that names none",
    ("core/nets/train.py", "constant"): "the schedule of a training that names none",
    ("core/nets/train.py", "xavier"): "the initial weights of a training that names none",
    ("core/expression/names.py", "power"): "NumPy's name of a function",
    ("core/expression/names.py", "cosine"): "another name of a function",
    ("core/figures/curves.py", "power"): "how Plotly writes an exponent",
    ("core/figures/range_curve.py", "power"): "how Plotly writes an exponent",
}


def name_of(file):
    """core/engine/loop.py -> core.engine.loop"""
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def tree_of(file):
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def imports(file):
    """Every module that a file imports, by its full name."""
    package = name_of(file) if file.name == "__init__.py" else name_of(file).rpartition(".")[0]
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def within(name, home):
    return name == home or name.startswith(home + ".")


def room_of(name):
    """pages.race.cards -> race; shared is a room, and so is what stands outside of pages"""
    return name.split(".")[1] if within(name, "pages") and "." in name else name


def layer(name):
    return next((i for i, homes in enumerate(LAYERS) if any(within(name, home) for home in homes)), None)


def ids(files):
    return [str(file.relative_to(ROOT)) for file in files]


# --- imports ------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", CORE, ids=ids(CORE))
def test_core_imports_run_one_way(file):
    own = layer(name_of(file))
    for name in imports(file):
        assert name.partition(".")[0] not in ("streamlit", "pages", "app"), f"{file} imports {name}"
        if name_of(file) not in ("core", "core.__main__"):
            assert own is not None, f"{file} belongs to no layer; add it to LAYERS"
            assert name != "core", f"{file} imports the whole of core"
            assert (layer(name) or 0) <= own, f"{file} imports {name}, which stands above it"


@pytest.mark.parametrize("file", SHELL, ids=ids(SHELL))
def test_app_imports_run_one_way(file):
    room = room_of(name_of(file))
    for name in imports(file):
        assert name != "app", f"{file} imports the frame"
        if within(name, "pages") and name != "pages" and room != "app":
            assert room_of(name) in (room, "shared"), f"{file} imports the page {name}"


def test_what_stands_in_shared_is_shared():
    """By two pages, or by the frame around all of them; what they use of it may use more of it."""
    uses = {name_of(file): {name for name in imports(file) if within(name, "pages")} for file in SHELL}
    users = {name: set() for name in uses if within(name, "pages.shared") and name != "pages.shared"}
    for start in uses:
        todo, seen = [start], set()
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo += uses.get(name, ())
        for name in seen & users.keys():
            users[name].add(room_of(start))
    assert {name: rooms for name, rooms in users.items() if "app" not in rooms and len(rooms - {"shared"}) < 2} == {}


def test_no_page_lies_in_the_corridor():
    """Every page has a room of its own; Streamlit's old page model would take a script in pages/ for one."""
    assert [file.name for file in (ROOT / "pages").glob("*.py")] == ["__init__.py"]


def test_figures_know_arrays_and_not_the_engine():
    for file in CORE:
        if within(name_of(file), "core.figures"):
            assert not [name for name in imports(file) if within(name, "core.engine")], file


@pytest.mark.parametrize("package", DECLARED)
def test_one_declaration_never_imports_another(package):
    for file in (ROOT / package.replace(".", "/")).glob("*.py"):
        if file.name.startswith("_"):
            continue
        for name in imports(file):
            assert not any(within(name, home) for home in DECLARED) or within(name, "core.schedules._warmup"), (
                f"{file} imports {name}"
            )


# --- formulas ------------------------------------------------------------------------------------


def updates():
    for key, optimizer in OPTIMIZERS.items():
        yield pytest.param(optimizer.update, id=key)
        for name, dialect in optimizer.dialects.items():
            if dialect.update:
                yield pytest.param(dialect.update, id=f"{key}-{name}")


@pytest.mark.parametrize("update", list(updates()))
def test_an_update_uses_its_arguments_and_numpy_only(update):
    assert not update.__code__.co_freevars
    names = {step.argval for step in dis.get_instructions(update) if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    assert names <= {"np"}
    assert not any(hasattr(constant, "co_code") for constant in update.__code__.co_consts), "no function in a function"


@pytest.mark.parametrize("package", DECLARED)
def test_a_key_is_the_name_of_its_file(package):
    files = {file.stem for file in (ROOT / package.replace(".", "/")).glob("*.py") if not file.name.startswith("_")}
    assert set(DECLARED[package]) == files
    assert all(record.key == key for key, record in DECLARED[package].items())


def test_registries_cannot_be_changed():
    for records in DECLARED.values():
        with pytest.raises(TypeError):
            records["new"] = None


# --- no second list --------------------------------------------------------------------------------


def test_no_key_is_listed_by_hand():
    """A key in another file than its own is a list that somebody has to remember; words of other meaning are not."""
    hypers = {h.name for records in (OPTIMIZERS, SCHEDULES) for record in records.values() for h in record.hypers}
    ordinary = hypers | set(get_args(Family)) | {"linear", "log", "one_minus", "step"}
    keys = {key: f"{package}.{key}" for package, records in DECLARED.items() for key in records if key not in ordinary}
    parents = {(f"core.optimizers.{key}", optimizer.parent) for key, optimizer in OPTIMIZERS.items()}
    assert {parent for _, parent in parents} <= {"", *OPTIMIZERS}

    found = {}
    for file in (*CORE, *SHELL):
        module = name_of(file)
        if (
            layer(module) == len(LAYERS) - 1
            and not within(module, "core.figures")
            and not within(module, "core.export")
        ):
            continue  # presets, lessons and texts speak of single optimizers: that is what they are for
        if within(module, "core.export.libraries"):
            continue  # there a library says how it is asked for the methods that it has
        for node in ast.walk(tree_of(file)):
            key = node.value if isinstance(node, ast.Constant) else None
            if isinstance(key, str) and key in keys and module != keys[key] and (module, key) not in parents:
                found[file.relative_to(ROOT).as_posix(), key] = node.lineno
    assert not {place: line for place, line in found.items() if place not in ALLOWED}


# --- nothing that is typed becomes code, and everything is bounded -------------------------------------

EVALUATES = {
    "core/anatomy.py": "parts of an update rule, with the numbers of a step",
    "core/course.py": "parts of an update rule, with the numbers of a step",
    "core/browser/source.py": "the file of a formula, to find the formula in it",
    "core/engine/shared.py": "the file of a formula, to find the formula in it",
    "core/export/libraries/optax.py": "how long a cycle of a schedule is, as its record spells it",
}


def test_only_the_projects_own_files_become_code():
    found = set()
    for file in (*CORE, *SHELL):
        for node in ast.walk(tree_of(file)):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if called in ("eval", "exec", "compile", "__import__"):
                found.add(file.relative_to(ROOT).as_posix())
            assert called.rpartition(".")[2] not in ("Unpickler", "system", "popen"), f"{file} calls {called}"
            assert not re.fullmatch(r"(pickle|marshal|shelve)\.(loads?|open)", called), f"{file} calls {called}"
    assert found == set(EVALUATES)
    scripts = [file for folder in ("core", "pages") for file in (ROOT / folder).rglob("*.js")]
    assert len(scripts) > 20
    for file in scripts:
        assert not re.search(r"\beval\(|\bFunction\(|document\.write", file.read_text(encoding="utf-8")), file


def test_the_page_on_security_tells_the_limits():
    told = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    config = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))
    server = config["server"]
    for words in (
        f"{MAX_LENGTH} characters and {MAX_NODES} numbers, names and signs",
        f"at most {MAX_RUNNERS} runners",
        f"{MAX_STEPS} steps",
        f"drop the rate {MAX_NTH} times at most",
        f"{MAX_QUERY} characters are read",
        f"{MOST_ROWS:,} rows and {MOST_BYTES // 1000} kB",
        f"no file above {server['maxUploadSize']} MB and no message above {server['maxWidgetStateSize']} MB",
        f"{('no', 'one', 'two', 'three', 'four', 'five', 'six')[len(EVALUATES)]} that use it",
    ):
        assert words in " ".join(told.split())
    assert config["client"]["showErrorDetails"] == "none"
    assert config["browser"]["gatherUsageStats"] is False
    assert server["enableStaticServing"] is False
    assert not server.keys() & {"enableXsrfProtection", "enableCORS"}, "they are on, unless somebody turns them off"
    for file in SHELL:
        uploads = "file_uploader" in file.read_text(encoding="utf-8")
        assert uploads == (file == ROOT / "pages/network/bar.py"), f"{file}: the page on security knows one upload"


# --- docstrings --------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", CORE, ids=ids(CORE))
def test_what_is_public_says_what_it_is(file):
    tree = tree_of(file)
    assert ast.get_docstring(tree), f"{file} does not say what it is"
    declared = (*DECLARED, "core.nets.layers", "core.experiments", "core.presets", "core.textbook")
    if any(within(name_of(file), package) for package in declared) and not file.name.startswith("_"):
        return  # there the formula (of a preset, its sentence) is the explanation, and the record holds the words
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{file}:{node.lineno} {node.name}"


def docstrings():
    """Of everything public: its name, its docstring, and the names that it may use of itself."""
    for name in core.__all__:
        thing = getattr(core, name)
        if inspect.isfunction(thing):
            yield name, inspect.getdoc(thing), {*inspect.signature(thing).parameters}
        elif inspect.isclass(thing):
            own = {*dir(thing), *inspect.signature(thing).parameters}
            yield name, inspect.getdoc(thing), own
            for title, member in vars(thing).items():
                if not title.startswith("_") and (inspect.isroutine(member) or isinstance(member, property)):
                    yield f"{name}.{title}", inspect.getdoc(member), own


def reached(path):
    """Whether a dotted name leads to something."""
    module, _, attribute = path.rpartition(".")
    try:
        return hasattr(importlib.import_module(module), attribute)
    except (ImportError, ValueError):
        return False


def test_what_public_docstrings_cite_can_be_had():
    """A name is one of core, of Python or of the thing itself; any other says where it is to be found."""
    settings = {h.name for records in (OPTIMIZERS, SCHEDULES) for record in records.values() for h in record.hypers}
    elsewhere = {"warmup_steps", "path", "PicklingError"}  # of every schedule, of a program, of pickle
    missing, seen = [], 0
    for title, words, own in docstrings():
        for quoted, error in re.findall(r"`([\w.]+)`|\b([A-Z]\w+Error)\b", words or ""):
            name = quoted or error
            known = name in own or name in core.__all__ or name in settings | elsewhere or hasattr(builtins, name)
            seen += 1
            if not (known or reached(name)):
                missing.append(f"{title}: {name}")
    assert not missing
    assert seen > 15


def test_the_package_says_what_there_is():
    for arguments in ([], ["--help"]):
        done = python("-m", "core", *arguments)
        assert (done.returncode, done.stderr) == (0, "")
        words = done.stdout.split()
        assert words[:3] == ["Descent", "Lab", f"{core.__version__}:"]
        for records in (*DECLARED.values(), NET_LAYERS):
            assert set(records) <= set(words)
    wrong = python("-m", "core", "nothing")
    assert wrong.returncode == 1
    assert wrong.stderr == "usage: python -m core; got nothing\n"


def test_there_is_one_version_and_the_types_are_shipped():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert re.fullmatch(r"\d+\.\d+\.\d+", core.__version__)
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "core.__version__"}
    assert (ROOT / "core/py.typed").exists()
    assert "py.typed" in project["tool"]["setuptools"]["package-data"]["core"]
    assert f"## [{core.__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


# --- adding one thing is adding one file ---------------------------------------------------------------

OTHER_STEP = HALF_STEP.replace("rate\n", "rate, Dialect\n").replace(
    "    family=", '    dialects={"book": Dialect(lambda x, g, t, lr: (x,), {"lr": 1})},\n    family='
)

DESCEND = """
from core import OPTIMIZERS, descend
assert "halfstep" in OPTIMIZERS and OPTIMIZERS["halfstep"].name == "Half step"
run = descend("bowl", "halfstep", start=(1, 1), steps=2, hypers={"lr": 0.2}, noise=1.0)
quiet = descend("bowl", "halfstep", start=(1, 1), steps=1, hypers={"lr": 0.2})
print(float(quiet.x[1, 1]), float(run.gradient[0, 1] - quiet.gradient[0, 1]))
"""


@pytest.fixture
def copy(tmp_path):
    """A copy of core that a test may change."""
    return copied(tmp_path)


@pytest.mark.slow
def test_an_optimizer_is_one_file_and_an_edit_is_seen(copy):
    file, noise = copy / "core/optimizers/halfstep.py", copy / "core/engine/noise.py"
    file.write_text(HALF_STEP, encoding="utf-8")
    first = python("-c", DESCEND, folder=copy)
    assert first.returncode == 0, first.stderr
    y, drawn = map(float, first.stdout.split())
    assert y == pytest.approx(1 - 0.5 * 0.2 * 2)

    file.write_text(HALF_STEP.replace("0.5 * lr", "0.25 * lr"), encoding="utf-8")
    noise.write_text(noise.read_text(encoding="utf-8").replace("-2.0 * np.log", "-8.0 * np.log"), encoding="utf-8")
    second = python("-c", DESCEND, folder=copy)
    assert second.returncode == 0, second.stderr
    edited_y, edited_drawn = map(float, second.stdout.split())
    assert edited_y == pytest.approx(1 - 0.25 * 0.2 * 2), "compiled code of the old formula came from the disk"
    assert edited_drawn == pytest.approx(2 * drawn), "compiled code of the old noise came from the disk"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (
            HALF_STEP.replace("g, t, lr", "g, t, lr, beta"),
            "optimizers/halfstep.py, line 6: Half step: the record asks for (x, g, t, <state>, lr), the function takes "
            "(x, g, t, lr, beta).",
        ),
        (
            HALF_STEP.replace("x, g, t", "g, x, t"),
            "optimizers/halfstep.py, line 6: Half step: the record asks for (x, g, t, <state>, lr), the function takes "
            "(g, x, t, lr).",
        ),
        (
            HALF_STEP.replace("    family=", '    initial={"m": 1.0},\n    family='),
            "optimizers/halfstep.py, line 13: Half step: initial names ['m'], but the state is []",
        ),
        (
            OTHER_STEP.replace("lambda x, g, t, lr", "lambda x, g, t, v, lr"),
            "optimizers/halfstep.py, line 13: Half step, dialect 'book': the state is ['v'], that of the record []",
        ),
        (
            OTHER_STEP.replace('"lr": 1', '"rate": 1'),
            "optimizers/halfstep.py, line 13: Half step, dialect 'book': defaults names ['rate'], which are no hyperparameters",
        ),
        (
            HALF_STEP.replace("rate\n", "rate, Special\n").replace(
                "    family=", '    special=(Special("keras", {"beta": 0.0}),),\n    family='
            ),
            "Half step: special names ['beta'], which are no hyperparameters",
        ),
        (HALF_STEP.replace("OPTIMIZER =", "RECORD ="), "optimizers/halfstep.py must declare OPTIMIZER"),
        (HALF_STEP.replace("반걸음.", " "), "ValueError: Text: the sentence in 'ko' is empty; its twin reads 'Half a step.'"),
    ],
    ids=["one argument more", "another order", "unknown state", "dialect with another state",
         "dialect of unknown defaults", "unknown special value", "no record", "one language"],
)  # fmt: skip
def test_a_wrong_file_is_refused_at_import(copy, wrong, sentence):
    (copy / "core/optimizers/halfstep.py").write_text(wrong, encoding="utf-8")
    done = python("-c", "import core", folder=copy)
    assert done.returncode != 0
    assert sentence in done.stderr
    assert "halfstep.py" in done.stderr


def test_discover_skips_private_files_and_names_the_faulty_one(tmp_path, monkeypatch):
    package = tmp_path / "house_of_records"
    package.mkdir()
    for name, text in {"__init__": "", "_private": "", "b": "RECORD = 2", "a": "RECORD = 1"}.items():
        (package / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert dict(discover("house_of_records", "RECORD")) == {"a": 1, "b": 2}
    (package / "c.py").write_text("RECORDS = 3")
    with pytest.raises(ImportError, match=r"house_of_records.c\.py must declare RECORD"):
        discover("house_of_records", "RECORD")
