"""Piecewise constant scheduling: one rate, then a lower one, then a lower one still."""

import itertools
from collections.abc import Iterator, Mapping
from functools import cache, partial

import numpy as np

from core.spec import Dialect, Hyper, Paper, Schedule, Text


def factor(t, T, first, second, gamma, gamma_2, *later):
    return _after(t, first, gamma, second, np.where(gamma_2 > 0, gamma_2, gamma), *later)


def one_later(t, T, first, second, gamma, gamma_2, *later):
    """Keras keeps the old value at the boundary itself."""
    return _after(t - 1, first, gamma, second, np.where(gamma_2 > 0, gamma_2, gamma), *later)


def _after(t, *drops):
    share = 1.0
    for i in range(0, len(drops), 2):  # step and factor of each
        share = share * np.where(t < drops[i], 1.0, drops[i + 1])
    return share


# What the drops beyond the second are called; those beyond the twentieth go by their number.
NAMED = dict(enumerate((
    "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth",
    "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth",
), 3))  # fmt: skip
SOONER = {3: 250, 4: 400, 5: 600}  # when they come, if they do; those after them every 200 steps, up to LATEST
LATEST = 5000
COUNTED = dict(enumerate(("세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열"), 3))  # as Korean counts up to ten
BELOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")

Drop = tuple[str, str]  # the names of its step and of its factor


def _drop(i: int) -> Drop:
    """Number i, from the third on."""
    return NAMED.get(i, f"drop_{i}"), f"gamma_{i}"


def _nth(i: int) -> str:
    """What it is called in a sentence: third, 21st, 22nd, 23rd, 24th, 111th."""
    ending = "th" if i // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(i % 10, "th")
    return NAMED.get(i, f"{i}{ending}")


def _later(count: int) -> Iterator[Hyper]:
    """When each of them comes, up to number count; and by how much it lowers the rate, at a factor of 1 not at all."""
    before = ""
    for i in range(3, count + 1):
        at, by = _drop(i)
        step, ko = SOONER.get(i, min(200 * (i - 2), LATEST)), f"{COUNTED[i]} 번째" if i in COUNTED else f"{i}번째"
        index = str(i).translate(BELOW)
        when = Text(f"{_nth(i)} drop at step", f"{ko}로 낮추는 스텝")
        much = Text(f"factor of the {_nth(i)} drop (1: none)", f"{ko}에 곱하는 값(1이면 없음)")
        yield Hyper(at, f"t{index}", step, 1, LATEST, "log", when, integer=True, rare=True, after=by, nth=i)
        yield Hyper(by, f"γ{index}", 1.0, 0.01, 1.0, "log", much, rare=True, after=before, nth=i)
        before = by


def _drops(values: Mapping[str, float]) -> list[Drop]:
    """Those at work, as they come; the first two are always told."""
    found = [("first", "gamma"), ("second", "gamma_2" if values["gamma_2"] > 0 else "gamma")]
    later = itertools.takewhile(lambda drop: drop[1] in values, map(_drop, itertools.count(3)))
    found += [(at, by) for at, by in later if values[by] != 1]
    return sorted(found, key=lambda drop: values[drop[0]])


def _alike(values: Mapping[str, float]) -> bool:
    """Whether one factor is that of all."""
    return len({values[by] for _, by in _drops(values)}) == 1


def in_pytorch(values: Mapping[str, float]) -> str:
    """A schedule that knows one factor; a product, where there are several."""
    kinds, drops = "torch.optim.lr_scheduler", _drops(values)
    if _alike(values):
        steps = ", ".join(f"{{{at}}}" for at, _ in drops)
        return f"{kinds}.MultiStepLR(optimizer, milestones=[{steps}], gamma={{{drops[0][1]}}})"
    pairs = ", ".join(f"({{{at}}}, {{{by}}})" for at, by in drops)
    return f"{kinds}.LambdaLR(optimizer, lambda t: math.prod([gamma for at, gamma in [{pairs}] if t >= at]))"


def in_keras(values: Mapping[str, float], before: str = " - 1") -> str:
    """A schedule that is told the rates. before: what makes its boundary of a step."""
    drops = _drops(values)
    steps, factors = ", ".join(f"{{{at}}}{before}" for at, _ in drops), ", ".join(f"{{{by}}}" for _, by in drops)
    rates = f"np.cumprod([{{lr}}, {factors}]).tolist()"
    if _alike(values):
        rates = f"[{{lr}} * {{{drops[0][1]}}} ** i for i in range({len(drops) + 1})]"
    return f"keras.optimizers.schedules.PiecewiseConstantDecay([{steps}], {rates})"


def in_optax(values: Mapping[str, float]) -> str:
    """A schedule that takes one factor a step: that of several drops at one is their product."""
    factors: dict[float, str] = {}
    for at, by in _drops(values):
        told = factors.get(values[at])
        factors[values[at]] = f"{told} * {{{by}}}" if told else f"{{{at}}}: {{{by}}}"
    return f"optax.piecewise_constant_schedule({{lr}}, {{{{{', '.join(factors.values())}}}}})"


def with_drops(count: int) -> Schedule:
    """The schedule with so many drops, 2 or more, each at a step and by a factor of its own: one record for each count.

    Its hypers tell what they are called: `first`, `second`, `gamma`, `gamma_2`, then the step and the factor of each, which at
    a factor of 1 is not made: `third`, `gamma_3`, ... `twentieth`, `gamma_20`, `drop_21`, `gamma_21`, ... Wherever core takes
    a schedule it takes this record. The declared one has twenty; a plan of a scene has one more than are made.
    Raises ValueError for anything but a whole number of at least 2.
    """
    if isinstance(count, bool) or not isinstance(count, (int, np.integer)) or count < 2:
        raise ValueError(f"with_drops: expected a whole number of at least 2, got {count!r}")
    return _with_drops(int(count))


@cache  # kernels and much else are kept by record
def _with_drops(count: int) -> Schedule:
    return Schedule(
        factor,
        name=Text("Piecewise constant", "구간별 고정"),
        hypers=(
            Hyper(
                "first", "t₁", 50, 1, LATEST, "log", Text("first drop at step", "첫 번째로 낮추는 스텝"), integer=True
            ),
            Hyper(
                "second",
                "t₂",
                120,
                1,
                LATEST,
                "log",
                Text("second drop at step", "두 번째로 낮추는 스텝"),
                integer=True,
            ),
            Hyper("gamma", "γ", 0.2, 0.01, 1.0, "log", Text("factor per drop", "낮출 때마다 곱하는 값")),
            Hyper(
                "gamma_2",
                "γ₂",
                0.0,
                0.0,
                1.0,
                label=Text("factor of the second drop (0: γ)", "두 번째에 곱하는 값(0이면 γ)"),
                rare=True,
            ),
            *_later(count),
        ),
        latex=r"\eta_t = \eta\prod_{i\,:\,t_i \le t}\gamma_i\,,\qquad \gamma_1 = \gamma",
        about=Text(
            "Explore at full rate, then drop sharply at two steps or more: each drop lets the loss fall to a new level.",
            "처음에는 큰 학습률로 탐색하고, 정해 둔 스텝에서 두 번 또는 그 이상 크게 낮춘다. 낮출 때마다 손실이 한 단계씩 더 "
            "내려간다.",
        ),
        source=Paper(
            "A. Géron",
            "Hands-On Machine Learning with Scikit-Learn, Keras & TensorFlow, ch. 11",
            2022,
            "https://www.oreilly.com/library/view/hands-on-machine-learning/9781098125967/",
        ),
        textbook=3,
        pytorch=in_pytorch,
        keras=in_keras,
        optax=in_optax,
        differs={
            "keras": Text(
                "Keras' PiecewiseConstantDecay keeps the old value at t = t₁ itself and changes one step later.",
                "Keras의 PiecewiseConstantDecay는 t = t₁에서 이전 값을 유지하고 한 스텝 뒤에 바뀐다.",
            )
        },
        dialects={"keras": Dialect(one_later, spelling=partial(in_keras, before=""))},
        made_by=(with_drops, (count,)),
    )


SCHEDULE = with_drops(20)
