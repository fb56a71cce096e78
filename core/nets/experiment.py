"""An experiment: everything that a picture of trainings depends on, validated on the way in, and its codec."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property, partial
from typing import Any, Literal, get_args

import numpy as np

from core.engine.sweep import Progress
from core.nets import plain
from core.nets.data import Data, examples
from core.nets.datasets import DATASETS
from core.nets.initializations import INITIALIZATIONS
from core.nets.landscape import Directions
from core.nets.layers import ACTIVATIONS
from core.nets.network import Network
from core.nets.own import IN_LINK, OWN, Row, dataset_of, read, ready, rows_of, spell
from core.nets.train import Training, train
from core.scene.faults import DEFAULT, SEPARATOR, SceneError, between, one_of, refused, spelled, told, unknown, whole
from core.scene.mending import mend_runners
from core.scene.query import NOBODY, last, read_runners, spell_runner
from core.scene.runner import Runner
from core.scene.values import to_flag, to_float, to_whole
from core.spec import Dataset, Hyper, Optimizer, Text, numeral

MOST_LANES = 6  # runners of an experiment
MOST_LAYERS, MOST_WIDTH = 6, 100
MOST_WORK = 1e11  # multiplications and additions of one experiment: two or three seconds of two cores
MOST_KEPT = 3_000_000  # numbers of weights that are kept of one: twelve megabytes
MOST_MOMENTS = 121
LONGEST = 10_000_000  # updates of any film
FEW = 8  # moments within the first epoch, where most happens

Axis = Literal["log", "linear"]
Across = Literal["epoch", "evaluation", "second"]
Tab = Literal["curves", "network", "layers", "landscape", "images"]
View = Literal["film", "graph", "map"]
Up = Literal["batch", "memory", "l2"]
Quantity = Literal["loss", "val_loss", "accuracy"]
Example = Literal["apples", "sigmoid", "network"]
MOST_GIVEN, FARTHEST = 6, 10_000.0  # numbers that are put into a graph, and how large they may be

# What may be set by a slider, by the name of the field.
SETTINGS: Mapping[str, Hyper] = {
    hyper.name: hyper
    for hyper in (
        Hyper("samples", "n", 200, 10, 2000, "log", Text("examples", "데이터 수"), True),
        Hyper("noise", "σ", 0.1, 0.0, 0.5, label=Text("noise in the data", "데이터 노이즈")),
        Hyper("validation", "v", 0.25, 0.0, 0.5, label=Text("share for validation", "검증 데이터 비율")),
        Hyper("data_seed", "s", 0, 0, 99, label=Text("other data", "데이터 시드"), integer=True),
        Hyper("batch", "B", 32, 0, 2000, label=Text("batch size", "배치 크기"), integer=True),
        Hyper("epochs", "E", 60, 1, 1000, "log", Text("epochs", "에폭"), True),
        Hyper("seeds", "S", 1, 1, 5, label=Text("initial weights tried", "초깃값 시도 횟수"), integer=True),
        Hyper("dropout", "p", 0.0, 0.0, 0.9, label=Text("dropout", "드롭아웃 비율")),
        Hyper("l2", "λ", 0.0, 0.0, 1.0, label=Text("weight decay (L2)", "가중치 감쇠(L2)")),
        Hyper("clip", "c", 0.0, 0.0, 100.0, label=Text("longest gradient (0: any)", "기울기 클리핑(0: 없음)")),
        Hyper("patience", "p", 0, 0, 200, label=Text("patience in epochs (0: never stop)", "조기 종료 patience(0: 끔)"), integer=True),
    )
}  # fmt: skip
RATES = {"gradient": 0.1, "momentum": 0.05, "adagrad": 0.05, "adaptive": 0.01}  # at which small networks learn


def rate_for(optimizer: Optimizer) -> float:
    """A learning rate at which a small network learns."""
    return RATES.get(optimizer.family, optimizer.defaults["lr"])


@dataclass(frozen=True)
class Film:
    """How a training is looked at. moment: the number of updates made, None for the end; chosen: the number of a runner.

    view: the training, or a computational graph or a map of settings instead. graph: which; node: how many nodes the passes
    through it have done; given: the numbers that go in, None for those of the example. directions: which plane of the
    landscape. up: what the map varies beside the learning rate; by: what it shows of every training.
    """

    moment: int | None = None
    axis: Axis = "log"
    across: Across = "epoch"
    tab: Tab = "curves"
    chosen: int = 0
    view: View = "film"
    graph: Example = "apples"
    node: int = 0
    given: tuple[float, ...] | None = None
    directions: Directions = "paths"
    up: Up = "batch"
    by: Quantity = "loss"


@dataclass(frozen=True)
class Experiment:
    """Data, a network, and the runners that train it. Immutable; `dataclasses.replace` makes another.

    layers: widths of the hidden layers. batch: examples an update sees, 0 for all; batches: the same for each runner, -1 for
    the usual. seeds: how many initial weights are tried.
    clip, patience: 0 for none. With the data set "own" the rows of `own`, (x, y, class) or (x, value). Raises SceneError for the
    first value that cannot be had.
    """

    dataset: str = "moons"
    samples: int | None = None  # None: the data set's own, as with noise
    noise: float | None = None
    validation: float = 0.25
    data_seed: int = 0
    layers: tuple[int, ...] = (8, 8)
    activation: str = "tanh"
    init: str = "xavier"
    batch_norm: bool = False
    dropout: float = 0.0
    batch: int = 32
    batches: tuple[int, ...] = ()
    epochs: int = 60
    seeds: int = 1
    l2: float = 0.0
    clip: float = 0.0
    patience: int = 0
    own: tuple[Row, ...] = ()
    runners: tuple[Runner, ...] = ()
    film: Film = field(default_factory=Film)

    def __post_init__(self) -> None:
        found, problems = _mend(vars(self))
        if problems:
            raise problems[0].refusal
        for name, value in found.items():
            object.__setattr__(self, name, value)

    @property
    def record(self) -> Dataset:
        return dataset_of(self.own) if self.dataset == OWN else DATASETS[self.dataset]

    @property
    def ready(self) -> bool:
        """Whether there is something to train, and somebody."""
        return bool(self.runners) and (self.dataset != OWN or ready(self.own))

    @cached_property
    def data(self) -> Data:
        """The examples."""
        return examples(
            self.record, samples=self.samples, noise=self.noise, seed=self.data_seed, validation=self.validation
        )

    @property
    def network(self) -> Network:
        """The network, untrained."""
        sizes = (self.record.features, *self.layers, self.record.outputs)
        loss = "softmax_loss" if self.record.task == "classes" else "squared_loss"
        return Network(sizes, self.activation, loss, self.batch_norm, self.dropout)

    @property
    def kept(self) -> int:
        """How many examples are trained with."""
        count = len(self.own) if self.dataset == OWN else self.samples or self.record.samples
        return max(count - round(self.validation * count), 1)

    @property
    def each(self) -> int:
        """Updates in an epoch, where the batches are of the usual size."""
        return self._each(self.batch)

    def _each(self, batch: int) -> int:
        return -(-self.kept // (min(batch, self.kept) or self.kept))

    def batch_of(self, i: int) -> int:
        """Examples that an update of a runner sees, 0 for all."""
        return self.batches[i] if i < len(self.batches) and self.batches[i] >= 0 else self.batch

    @property
    def steps(self) -> int:
        """Updates in all."""
        return self.each * self.epochs

    @property
    def work(self) -> float:
        """Multiplications and additions of all trainings, roughly."""
        lanes = max(len(self.runners), 1) * self.seeds
        updates = [
            self._each(self.batch_of(i))
            * self.epochs
            * (5e6 * plain.gradients(runner.record) / 2 if runner.record.plane else 2e4)  # looking around is NumPy's
            for i, runner in enumerate(self.runners)
        ]
        return 8.0 * self.network.parameters * self.kept * self.epochs * lanes + sum(updates) * self.seeds

    @property
    def affordable(self) -> int:
        """So many epochs are not too much work; 0 where even one is."""
        return int(self.epochs * MOST_WORK / self.work)

    @property
    def moments(self) -> np.ndarray:
        """The numbers of updates at which it is looked at: closer together at first, and no more than can be kept."""
        lanes = max(len(self.runners), 1) * self.seeds
        most = int(np.clip(MOST_KEPT // (self.network.parameters * lanes), 4, MOST_MOMENTS))
        if self.steps < most:
            return np.arange(self.steps + 1)
        early: Any = np.unique(np.geomspace(1, self.each, FEW).round()) if self.each > 1 and most > 3 * FEW else []
        ends = np.arange(self.epochs + 1) * self.each
        if self.patience:
            return np.unique([*early, *ends]).astype(np.int64)
        room = most - len(early)
        late = ends if len(ends) <= room else np.linspace(0, self.epochs, room).round() * self.each
        return np.unique([*early, *late]).astype(np.int64)

    def train(
        self, progress: Progress | None = None, slopes: bool = False, moments: np.ndarray | None = None
    ) -> Training:
        """Train the network once for each runner and seed. moments: in the place of its own."""
        return train(
            self.data,
            self.runners,
            layers=self.layers,
            activation=self.activation,
            init=self.init,
            batch_size=self.batch or None,
            batches=[self.batch_of(i) or None for i in range(len(self.runners))],
            epochs=self.epochs,
            seeds=range(self.seeds),
            l2=self.l2,
            dropout=self.dropout,
            batch_norm=self.batch_norm,
            clip=self.clip or None,
            patience=(self.patience or None) if len(self.data.vx) else None,
            moments=(self.moments if moments is None else moments).tolist(),
            slopes=slopes,
            progress=progress,
        )

    @cached_property
    def trained(self) -> Experiment:
        """The experiment without what changes nothing about its trainings: the key of a cache."""
        return replace(self, runners=tuple(runner.bare for runner in self.runners), film=Film())

    # --- in and out ------------------------------------------------------------------------------

    def to_query(self) -> dict[str, str | list[str]]:
        """As query parameters; what stands at its usual value is left out, except the runners."""
        usual, found = Experiment(), dict[str, str | list[str]]()
        for name in PLAIN:
            value = getattr(self, name)
            if value is not None and value != getattr(usual, name):
                found[name] = _text(value)
        for name in FILM:
            value = getattr(self.film, name)
            if value is not None and value != getattr(usual.film, name):
                found[name] = _text(value)
        if self.dataset == OWN and self.own:
            found["own"] = spell(self.own) if len(self.own) <= IN_LINK else f"{LOST}{len(self.own)}"
        if any(size >= 0 for size in self.batches):
            found["batches"] = "_".join("u" if size < 0 else str(size) for size in self.batches)
        if self.layers != usual.layers:
            found["layers"] = "-".join(map(str, self.layers)) or "0"
        found["r"] = [spell_runner(runner) for runner in self.runners] or [NOBODY]
        return {"dataset": self.dataset, **found}

    @classmethod
    def from_query(cls, query: Mapping[str, Any]) -> tuple[Experiment, list[SceneError]]:
        """The experiment of parsed parameters, and what was wrong with it. Never raises."""
        given = {name: last(query, name) for name in ("dataset", "layers", "own", "batches", *PLAIN)}
        film = {name: last(query, name) for name in FILM}
        return cls.mend({**given, "runners": read_runners(query, MOST_LANES), "film": film})

    @classmethod
    def mend(cls, data: Mapping[str, Any]) -> tuple[Experiment, list[SceneError]]:
        """A sound experiment from any data, and what was wrong with it. Never raises."""
        found, problems = _mend(data)
        runners = [runner for runner in found["runners"] if plain.trains(runner.record)]
        problems += [_untrained(runner) for runner in found["runners"] if runner not in runners]
        if len(runners) < len(found["runners"]):
            found |= {"runners": tuple(runners), "batches": ()}
        return cls(**found), told(problems)


PLAIN = tuple(
    f.name for f in fields(Experiment) if f.name not in ("layers", "runners", "film", "dataset", "own", "batches")
)
FILM = tuple(f.name for f in fields(Film))
PARAMETERS = ("dataset", "own", "layers", "batches", "r", *PLAIN, *FILM)  # of a link
TOO_MANY = SceneError(
    Text(
        f"An experiment has at most {MOST_LANES} runners; the rest were left out.",
        f"한 실험에는 옵티마이저를 {MOST_LANES}개까지 넣을 수 있어 나머지는 뺐습니다.",
    ),
    Text(
        f"An experiment has at most {MOST_LANES} runners.",
        f"한 실험에는 옵티마이저를 {MOST_LANES}개까지 넣을 수 있습니다.",
    ),
)
ALL_ALIKE = SceneError(
    Text(
        "A training clips the gradients of all its runners alike; what stands around a single one was left out.",
        "학습에서는 모든 옵티마이저의 기울기를 똑같이 자릅니다. 옵티마이저마다 따로 붙인 설정은 뺐습니다.",
    )
)
LOST = "rows-"  # in a link, and their number, in the place of rows that are too many for it
LEFT_BEHIND = SceneError(
    Text(
        "The link was made with data of somebody's own, too many rows to travel in it; load the table again, or place points.",
        "직접 만든 데이터로 만든 링크인데, 행이 많아 링크에 담기지 않았습니다. 표를 다시 불러오거나 점을 찍어 주세요.",
    )
)
BATCHES = Text("sizes of batches, as 1_u_0, u for the usual one", "배치 크기 목록. 예: 1_u_0 (u는 공통 크기)")
ROWS = Text("rows of x, y and the number of a class", "x, y, 클래스 번호로 된 행")
WIDTHS = Text(
    f"up to {MOST_LAYERS} widths of hidden layers from 1 to {MOST_WIDTH}, as 8-8",
    f"은닉층 너비를 {MOST_LAYERS}개까지, 각각 1에서 {MOST_WIDTH} 사이로. 예: 8-8",
)

GIVEN = Text(
    f"up to {MOST_GIVEN} numbers from {numeral(-FARTHEST)} to {numeral(FARTHEST)}, as 2~100",
    f"{numeral(-FARTHEST)}에서 {numeral(FARTHEST)} 사이의 수를 {MOST_GIVEN}개까지. 예: 2~100",
)


def _untrained(runner: Runner) -> SceneError:
    """A runner that a race can have, and a training cannot."""
    name = runner.record.name
    return SceneError(
        Text(
            f"{name} trains no networks here and was left out: it is written for the two coordinates of a surface.",
            f"{name}은(는) 지형의 두 좌표로만 구현되어 있어 신경망을 학습하지 않으므로 뺐습니다.",
        )
    )


def _batches(raw: Any) -> tuple[int, ...] | None:
    """Sizes of batches, runner by runner, as numbers or as 1_u_0; u and -1 for the usual one."""
    if isinstance(raw, str):
        raw = [-1 if part == "u" else part for part in raw.split("_")]
    if not isinstance(raw, (list, tuple)) or len(raw) > MOST_LANES:
        return None
    found = [to_whole(size, -1, int(SETTINGS["batch"].high)) for size in raw]
    return None if None in found else tuple(size for size in found if size is not None)


def _own(raw: Any, problems: list[SceneError]) -> tuple[Row, ...]:
    """The visitor's own rows."""
    if raw is None or raw == ():
        return ()
    if isinstance(raw, str) and raw.startswith(LOST):
        problems.append(LEFT_BEHIND)
        return ()
    rows = read(raw) if isinstance(raw, str) else rows_of(raw)
    if rows is None:
        problems.append(refused("own", raw if isinstance(raw, str) else type(raw).__name__, ROWS))
    return rows or ()


def _named(value: Any) -> str | None:
    """A default as it is named in a fault; one without a name is None or ""."""
    return "-".join(map(str, value)) if isinstance(value, tuple) else spelled(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, tuple):
        return SEPARATOR.join(map(_text, value))
    return value if isinstance(value, str) else repr(value).removesuffix(".0")


def _mend(data: Mapping[str, Any]) -> tuple[dict[str, Any], list[SceneError]]:
    """Arguments for Experiment from any data, and what was wrong with it."""
    problems: list[SceneError] = []
    usual = {f.name: f.default for f in fields(Experiment)} | {f.name: f.default for f in fields(Film)}

    def read(name: str, raw: Any, reader: Callable[[Any], Any], expected: Text) -> Any:
        if raw is None:
            return usual[name]
        value = reader(raw)
        if value is None:
            problems.append(refused(name, raw, expected, _named(usual[name]) or DEFAULT))
            return usual[name]
        return value

    def key(name: str, table: Mapping[str, Any]) -> Any:
        raw = data.get(name)
        if raw is None or (isinstance(raw, str) and raw in table):
            return usual[name] if raw is None else raw
        problems.append(unknown(name, raw, table, str(usual[name])))
        return usual[name]

    found: dict[str, Any] = {
        "dataset": OWN if data.get("dataset") == OWN else key("dataset", DATASETS),
        "own": _own(data.get("own"), problems),
        "activation": key("activation", ACTIVATIONS),
        "init": key("init", INITIALIZATIONS),
        "batch_norm": read("batch_norm", data.get("batch_norm"), to_flag, Text("0 or 1", "0 또는 1")),
        "layers": read("layers", data.get("layers"), _widths, WIDTHS),
        "batches": read("batches", data.get("batches"), _batches, BATCHES),
    }
    record: Dataset = dataset_of(()) if found["dataset"] == OWN else DATASETS[found["dataset"]]
    for name, hyper in SETTINGS.items():
        high = record.most if name == "samples" and record.most else hyper.high
        found[name] = read(name, data.get(name), *_reader(hyper, high))
    runners = mend_runners(data.get("runners"), problems)
    if len(runners) > MOST_LANES:
        problems.append(TOO_MANY)
    if any(runner.modifiers for runner in runners):
        problems.append(ALL_ALIKE)
    found["runners"] = tuple(replace(runner, modifiers={}) for runner in runners[:MOST_LANES])
    sizes = found["batches"][: len(found["runners"])]
    found["batches"] = sizes if any(size >= 0 for size in sizes) else ()

    film = data.get("film")
    told = vars(film) if isinstance(film, Film) else film if isinstance(film, Mapping) else {}
    seen: dict[str, Any] = {
        name: read(name, told.get(name), partial(_chosen, get_args(kind)), one_of(get_args(kind)))
        for name, kind in (
            *(("axis", Axis), ("across", Across), ("tab", Tab), ("view", View), ("graph", Example)),
            *(("directions", Directions), ("up", Up), ("by", Quantity)),
        )
    }
    for name, most in (("chosen", MOST_LANES - 1), ("node", 1000)):
        seen[name] = read(name, told.get(name), partial(to_whole, low=0, high=most), whole(0, most))
    seen["given"] = read("given", told.get("given"), _given, GIVEN)
    seen["moment"] = _moment(told.get("moment"), found, problems)
    return {**found, "film": Film(**seen)}, problems


def _moment(raw: Any, found: Mapping[str, Any], problems: list[SceneError]) -> int | None:
    """The number of updates made; the end of this experiment's film for what is none. A later one may be that of another film."""
    if raw is None or (moment := to_whole(raw, 0, LONGEST)) is not None:
        return None if raw is None else moment
    steps = Experiment(**{**found, "runners": (), "batches": ()}).steps
    problems.append(refused("moment", raw, whole(0, steps), str(steps)))
    return steps


def _reader(hyper: Hyper, high: float) -> tuple[Callable[[Any], Any], Text]:
    """How a setting is read, and what is expected."""
    if hyper.integer:
        return partial(to_whole, low=int(hyper.low), high=int(high)), whole(int(hyper.low), int(high))
    return partial(to_float, low=hyper.low, high=high), between(hyper.low, high)


def _chosen(options: tuple[str, ...], raw: Any) -> str | None:
    return raw if isinstance(raw, str) and raw in options else None


def _given(raw: Any) -> tuple[float, ...] | None:
    """Numbers for a graph, as numbers or as 2~100."""
    if isinstance(raw, str):
        raw = raw.split(SEPARATOR)
    if not isinstance(raw, (list, tuple)) or not 0 < len(raw) <= MOST_GIVEN:
        return None
    found = [to_float(number, -FARTHEST, FARTHEST) for number in raw]
    return None if None in found else tuple(number for number in found if number is not None)


def _widths(raw: Any) -> tuple[int, ...] | None:
    """Widths of hidden layers, as numbers or as 8-8; 0 for none."""
    if isinstance(raw, str):
        raw = [] if raw == "0" else re.split("-", raw)
    if not isinstance(raw, (list, tuple)) or len(raw) > MOST_LAYERS:
        return None
    found = [to_whole(width, 1, MOST_WIDTH) for width in raw]
    return None if None in found else tuple(width for width in found if width is not None)
