"""Scenes: the codec gives back what it got, and whatever else comes in leaves as a sound scene and plain words."""

from __future__ import annotations

import json
import pickle
import random
import re
from dataclasses import replace
from types import SimpleNamespace
from urllib.parse import parse_qs, quote

import numpy as np
import pytest

from core import (
    MODIFIERS,
    OPTIMIZERS,
    SCHEDULES,
    STOPS,
    SURFACES,
    Formula,
    Plan,
    Runner,
    Scene,
    SceneError,
    View,
    descend,
)
from core.expression import BOUNDS
from core.presets import PRESETS
from core.scene import (
    DIALECTS,
    MAX_FAULTS,
    MAX_NTH,
    MAX_QUERY,
    MAX_RUNNERS,
    MAX_STEPS,
    NOBODY,
    PARAMETERS,
    STRETCH,
    one_of,
    placed,
    refused,
)
from core.scene.limits import BESIDE
from core.schedules._warmup import CLIMB
from core.schedules.piecewise import with_drops
from core.spec import Text

# What a fault may show of what came: letters, digits, and punctuation that is neither markup nor an address.
QUOTED = re.compile(r"'([^']*)'")
HARMLESS = re.compile(r"[\w .,+~?…-]*")
ADDRESS = re.compile(r"www\.|://|\w@\w|[a-z]+\.[a-z]+", re.IGNORECASE)


def check(scene, problems):
    """A sound scene, and faults that are named once, in both languages, and echo nothing dangerous."""
    assert isinstance(scene, Scene)
    assert scene.surface in SURFACES or isinstance(scene.surface, Formula)
    assert np.isfinite(scene.record.bounds).all()
    assert 1 <= scene.steps <= MAX_STEPS
    assert len(scene.start) == 2
    assert len(scene.runners) <= MAX_RUNNERS
    assert Scene.from_dict(scene.to_dict()) == scene, "what comes out goes in again without a fault"
    json.dumps(scene.to_dict(), allow_nan=False)
    again, none = Scene.from_query(scene.to_string())
    assert (again, none) == (scene, [])

    assert len(problems) <= MAX_FAULTS + 2
    for problem in problems:
        assert isinstance(problem, SceneError)
        assert str(problem) == problem.text.en
        for sentence in (problem.text.en, problem.text.ko):
            assert sentence.isprintable()
            assert sentence.endswith((".", "?"))
            assert len(sentence) < 400
            for quoted in QUOTED.findall(sentence):
                assert HARMLESS.fullmatch(quoted), sentence
                assert not ADDRESS.search(quoted), sentence
                assert len(quoted) <= 31
        assert not re.search("[가-힣]", QUOTED.sub("", problem.text.en))
        assert re.search("[가-힣]", QUOTED.sub("", problem.text.ko))


# --- round trips ------------------------------------------------------------------------------------


def anything_in(hyper, dice):
    if hyper.integer:
        return float(dice.randint(int(hyper.low), int(hyper.high)))
    return dice.choice([hyper.low, hyper.high, hyper.default, dice.uniform(hyper.low, hyper.high)])


def some_plan(dice):
    schedule = dice.choice(list(SCHEDULES.values())).reaching(21)  # a drop more than are declared
    return Plan(schedule.key, {h.name: anything_in(h, dice) for h in (*schedule.hypers, *CLIMB)})


TYPED = ("x^2/20 + y^2", "sin(3*x) + hypot(x, y - 1)", "x^2 - y^2", "  (x - 1)**4+abs(y)")


def some_surface(dice):
    if dice.random() < 0.7:
        return dice.choice(list(SURFACES))
    low, high = dice.uniform(-9, 0), dice.uniform(0.1, 9)
    return Formula(dice.choice(TYPED), dice.choice([BOUNDS, ((low, high), (low / 3, high / 7))]))


def some_runner(dice):
    optimizer = dice.choice(list(OPTIMIZERS.values()))
    hypers = {h.name: anything_in(h, dice) for h in optimizer.hypers if dice.random() < 0.9}
    plan = some_plan(dice) if dice.random() < 0.6 else Plan()
    dialect = dice.choice(["pytorch", *optimizer.dialects])
    around = {
        key: {h.name: anything_in(h, dice) for h in record.hypers}
        for key, record in MODIFIERS.items()
        if dice.random() < 0.15
    }
    return Runner(optimizer.key, hypers, plan, dice.randrange(MAX_RUNNERS), dice.random() < 0.8, dialect, around)


def maybe(dice, value):
    return value if dice.random() < 0.5 else None


def some_scene(seed, runners=None):
    dice = random.Random(seed)
    low, high = dice.uniform(-9, 0), dice.uniform(0.1, 9)
    surface = some_surface(dice)
    samples = placed(surface).samples
    return Scene(
        surface=surface,
        batch=maybe(dice, dice.randint(0, samples.count)) if samples else None,
        start=maybe(dice, (dice.uniform(-1e6, 1e6), dice.gauss(0, 1e-9))),
        steps=maybe(dice, dice.randint(1, MAX_STEPS)),
        rotation=dice.choice([0.0, dice.uniform(-360, 360)]),
        stretch=dice.choice([1.0, *STRETCH, dice.uniform(*STRETCH)]),
        noise=dice.choice([0.0, dice.uniform(0, 1000)]),
        seed=dice.choice([0, dice.randrange(2**31)]),
        tolerance=maybe(dice, dice.uniform(1e-12, 1.0)),
        dotted=dice.choice(["", *BESIDE]),
        stops={key: anything_in(stop.bound, dice) for key, stop in STOPS.items() if dice.random() < 0.1},
        runners=tuple(some_runner(dice) for _ in range(dice.randint(0, MAX_RUNNERS) if runners is None else runners)),
        shared=maybe(dice, some_plan(dice)),
        view=View(
            step=maybe(dice, dice.randint(0, MAX_STEPS)),
            camera=dice.choice([None, tuple(dice.gauss(0, 1) for _ in range(dice.choice([3, 6])))]),
            window=maybe(dice, (low, high, low / 3, high / 7)),
            loss_axis=dice.choice(["log", "linear"]),
        ),
    )


@pytest.mark.parametrize("seed", range(60))
def test_round_trips_are_exact(seed):
    scene = some_scene(seed)
    assert Scene.from_query(scene.to_query()) == (scene, [])
    assert Scene.from_query(scene.to_string()) == (scene, [])
    assert Scene.from_query("?" + scene.to_string()) == (scene, [])
    assert Scene.from_query(parse_qs(scene.to_string())) == (scene, [])
    assert Scene.from_dict(scene.to_dict()) == scene
    assert Scene.from_dict(json.loads(json.dumps(scene.to_dict()))) == scene
    check(scene, [])


def test_every_preset_comes_back():
    for preset in PRESETS.values():
        assert Scene.from_query(preset.scene.to_string()) == (preset.scene, [])


def test_every_optimizer_and_schedule_comes_back():
    for optimizer in OPTIMIZERS:
        for schedule in SCHEDULES:
            scene = Scene(runners=(Runner(optimizer, plan=Plan(schedule, {"warmup_steps": 3})),))
            assert Scene.from_query(scene.to_string()) == (scene, [])


def test_a_default_scene_is_the_surface_s_own():
    for key, surface in SURFACES.items():
        scene = Scene(key)
        assert (scene.start, scene.steps) == (surface.start, surface.steps)


def test_every_dialect_comes_back_and_brings_its_own_defaults():
    for optimizer in OPTIMIZERS.values():
        for name, dialect in optimizer.dialects.items():
            assert name in DIALECTS
            runner = Runner(optimizer.key, dialect=name)
            assert runner.hypers == {**optimizer.defaults, **dialect.defaults}
            scene = Scene(runners=(runner,))
            assert Scene.from_query(scene.to_string()) == (scene, [])
            plain = Scene(runners=(Runner(optimizer.key),))
            assert "dialect" not in plain.to_string()
            assert plain.runners[0].in_dialect(name) == runner
            moved = plain.runners[0].with_hyper("lr", 0.123).in_dialect(name)
            assert moved.hypers == {**runner.hypers, "lr": 0.123}, "what was set by hand stays"
            assert moved.in_dialect("pytorch").hypers == {**optimizer.defaults, "lr": 0.123}


def test_a_dialect_is_run():
    scene = Scene("beale", steps=50, runners=(Runner("adam"), Runner("adam", dialect="keras")))
    ours, theirs = (scene.run(runner) for runner in scene.runners)
    assert np.abs(ours.x - theirs.x).max() > 0
    expected = descend("beale", "adam", start=scene.start, steps=50, dialect="keras")
    np.testing.assert_array_equal(theirs.x, expected.x)


# --- typed functions ---------------------------------------------------------------------------------


def test_a_typed_function_is_a_surface_like_any_other():
    scene = Scene(Formula("x^2/20 + y^2", SURFACES["bowl"].bounds), start=(-7.0, 2.0), steps=30)
    for optimizer in OPTIMIZERS:
        runner = Runner(optimizer)
        typed, declared = scene.run(runner), replace(scene, surface="bowl").run(runner)
        np.testing.assert_allclose(typed.x, declared.x, rtol=1e-9, atol=1e-12)
    own = Scene(Formula("(x - 1)^2 + y^2"))
    assert own.record.minima[0] == pytest.approx((1, 0), abs=1e-6)
    assert (own.start, own.steps) == (own.record.start, own.record.steps)
    assert "f=%28x+-+1%29%5E2+%2B+y%5E2" in own.to_string()
    assert "bounds" not in own.to_query()


def test_a_text_that_is_no_key_is_a_formula():
    assert Scene("x**2 + y**2").surface == Formula("x**2 + y**2")
    assert Scene.from_dict({"surface": "x**2 + y**2"}) == Scene(Formula("x**2 + y**2"))
    with pytest.raises(SceneError, match="surface: got 'x', expected one of"):
        Scene("x")


def test_a_typed_function_is_the_same_in_every_copy():
    one, other = Formula(" x^2 + y^2 "), Formula("x^2 + y^2", [[-5, 5], [-5, 5]])
    assert one == other
    assert one.surface is other.surface, "its minima are searched for once"
    scene = Scene(one, rotation=20.0)
    copy = pickle.loads(pickle.dumps(scene))
    assert copy == scene
    assert hash(copy) == hash(scene)
    assert copy.record is scene.record
    wider = Formula("x^2 + y^2", ((-6, 6), (-6, 6)))
    assert wider.surface.key != one.surface.key


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("f=1/2x", "This can be read in more than one way. Which is meant?"),
        ("surface=expression&f=sin(x", "This parenthesis is never closed: a ) is missing."),
        ("surface=expression", "Type a formula in x and y, for example x^2 + y^2."),
        ("f=", "Type a formula in x and y, for example x^2 + y^2."),
        ("f=cosh(y)%2Bcosin(x)", "cosin is not known; did you mean cos?"),
        ("f=log(-1-x^2)", "The formula has no finite value anywhere on this map."),
        ("f=__import__('os').system('true')", "This character cannot stand in a formula."),
    ],
)
def test_a_formula_that_is_none_says_why(link, reason):
    sound = "start=1~2&steps=7&r=sgd~lr~0.3&bounds=-1~1~-2~2"
    scene, problems = Scene.from_query(f"{link}&{sound}")
    check(scene, problems)
    assert scene == Scene(start=(1, 2), steps=7, runners=(Runner("sgd", {"lr": 0.3}),))
    assert [str(p) for p in problems] == [f"f: {reason} The surface is Stretched bowl instead."]
    assert problems[0].text.ko.startswith("f: ")
    assert problems[0].text.ko.endswith(" 대신 지형은 ‘길쭉한 그릇’입니다.")


@pytest.mark.parametrize("bounds", ["", "1~2~3", "1~0~0~1", "0~1~0~nan", "0~1~0~1e9", "0~1e-9~0~1", "1234", "a~b~c~d"])
def test_bounds_that_are_no_map(bounds):
    scene, problems = Scene.from_query(f"f=x^2&bounds={bounds}&steps=9")
    check(scene, problems)
    assert scene == Scene(Formula("x^2"), steps=9)
    assert [str(p).split(":")[0] for p in problems] == ["bounds"]


def test_hostile_formulas_leave_a_sound_scene():
    for line in HOSTILE_FORMULAS:
        scene, problems = Scene.from_query({"f": line, "steps": "9"})
        check(scene, problems)
        assert scene.steps == 9


def test_a_link_of_ten_runners_is_short():
    assert max(len(some_scene(seed, runners=MAX_RUNNERS).to_string()) for seed in range(40)) < 4000


def test_a_link_tells_the_drops_that_were_made():
    """Those that nobody made are no part of it, nor of a file; and ten runners with all of them still have one link."""
    steps = [h.name for h in SCHEDULES["piecewise"].hypers if h.integer]
    made = {name: 100.0 + 13 * i for i, name in enumerate(steps)} | {f"gamma_{i}": 0.35 for i in range(2, 21)}
    for own, told in (({}, 4), ({"gamma_5": 0.5}, 6), ({"twelfth": 99.0}, 6), (made, 40)):
        plan = Plan("piecewise", own)
        scene = Scene("beale", runners=[Runner("adam", {"lr": 0.01 * i}, plan) for i in range(1, MAX_RUNNERS + 1)])
        link = scene.to_string()
        assert link.count("~s.") == MAX_RUNNERS * (told + 2)  # and the warm-up
        assert Scene.from_query(link) == Scene.mend(scene.to_dict()) == (scene, [])
        assert len(scene.to_dict()["runners"][0]["plan"]["hypers"]) == told + 2
        shared = Scene(shared=plan)
        assert Scene.from_query(shared.to_string()) == (shared, [])


@pytest.mark.parametrize("count", [21, 37, MAX_NTH])
def test_a_plan_takes_any_number_of_drops(count):
    """One more than are made may be set, and what nobody made is no part of it: there is one way to say a plan."""
    record = with_drops(count)
    own = {h.name: float(9 + 3 * h.nth) if h.integer else round(1 - 0.5 / h.nth, 3) for h in record.hypers if h.nth}
    plan = Plan("piecewise", own)
    assert plan.record is with_drops(min(count + 1, MAX_NTH))
    assert [*plan.hypers] == [*plan.record.defaults, "warmup_steps", "warmup_start"]
    assert plan == Plan("piecewise", dict(with_drops(MAX_NTH).defaults) | own) != Plan("piecewise")
    assert hash(plan) == hash(Plan("piecewise", plan.hypers))
    scene = Scene("bowl", steps=3 * count + 12, runners=[Runner("sgd", {"lr": 0.01}, plan)])
    assert Scene.from_query(scene.to_string()) == Scene.mend(scene.to_dict()) == (scene, [])
    assert pickle.loads(pickle.dumps(scene)) == scene
    made = [(own[at], own[by]) for at, by in zip([*own][::2], [*own][1::2], strict=True)]
    made += [(50, 0.2), (120, 0.2)]
    t = np.arange(scene.length)
    rates = 0.01 * np.prod([np.where(t < at, 1, by) for at, by in made], axis=0)
    np.testing.assert_allclose(scene.run(scene.runners[0]).lr, rates, rtol=1e-12)
    fewer = Plan("piecewise", plan.hypers | {name: 1.0 for name in own if name.startswith("gamma")})
    assert fewer.record is plan.record, "a step that was set stays"
    assert Plan("piecewise", {"gamma_5": 0.5}).record is SCHEDULES["piecewise"]
    assert Plan("piecewise", plan.record.defaults) == Plan("piecewise")
    assert Plan("piecewise").record is SCHEDULES["piecewise"]


def test_more_drops_than_fit_into_a_link_are_named_as_a_fault():
    own = {f"gamma_{MAX_NTH + 1}": 0.5, f"gamma_{MAX_NTH}": 0.5, "drop_99999999": 3, "gamma_٣": 0.5, "gamma_021": 0.5}
    scene, problems = Scene.mend({"shared": {"schedule": "piecewise", "hypers": own}})
    assert scene.shared == Plan("piecewise", {f"gamma_{MAX_NTH}": 0.5})
    assert len(problems) == 4
    assert all("Piecewise constant: 'gamma_" in p.text.en or "drop_99999999" in p.text.en for p in problems)
    for name, said in (
        (f"gamma_{MAX_NTH + 1}", "did you mean gamma_20?"),
        ("drop_3", "expected one of first, second, "),
    ):
        with pytest.raises(SceneError, match=re.escape(said)):
            Plan("piecewise", {name: 0.5})


def test_a_round_trip_runs_the_same():
    scene = some_scene(3, runners=2)
    again, _ = Scene.from_query(scene.to_string())
    for a, b in zip(scene.runners, again.runners, strict=True):
        np.testing.assert_array_equal(scene.run(a).x, again.run(b).x)


# --- hostile links ------------------------------------------------------------------------------------

HARMLESS_LINKS = [
    "",
    "?",
    "&&&",
    "=",
    "=&=",
    "surface=bowl&surface=bowl",
    "unknown=1",
    "lang=ko",
    "__proto__=1",
    "r%20=sgd",
]

HOSTILE_FORMULAS = [
    "().__class__.__bases__[0].__subclasses__()", "x.__class__", "lambda: 0", "[x for x in (1,)]", "open('/etc/passwd')",
    "9**9**9**9", "-" * 199 + "x", "(" * 100 + "x" + ")" * 100, "x" * 100_000, "1e309*x", "x;y", "x\ny", "\x00", "𝑥 + ｙ",
    "x if x else y", "f'{x}'", "$x$", "**x**", "[a](javascript:alert(1))", ":smile:", "<b>x</b>", "١ + x", "\u202ex", "\ud800",
]  # fmt: skip

# A link, and how many faults it has.
HOSTILE = [
    ("steps=nan", 1), ("steps=inf", 1), ("steps=-inf", 1), ("steps=Infinity", 1), ("steps=3.7", 1), ("steps=0", 1),
    ("steps=-5", 1), ("steps=", 1), ("steps=99999999999999999999999", 1), ("steps=1e309", 1), ("steps=5,0", 1),
    ("steps=0x10", 1), ("steps=1_0", 1), ("steps=true", 1), ("steps=%00", 1), ("steps=%EF%BC%95%EF%BC%90", 1), ("steps=%D9%A3", 1),
    ("noise=nan", 1), ("noise=1e309", 1), ("noise=-1", 1), ("noise=-0.0001", 1), ("noise=%20", 1), ("noise=1,5", 1),
    ("seed=1.5", 1), ("seed=-1", 1), ("seed=4294967296", 1), ("seed=NaN", 1), ("seed=%F0%9F%98%80", 1),
    ("rotation=361", 1), ("rotation=inf", 1), ("rotation=east", 1), ("tolerance=0", 1), ("tolerance=-1", 1),
    ("tolerance=1e-400", 1), ("tolerance=nan", 1),
    ("start=", 1), ("start=1", 1), ("start=1~2~3", 1), ("start=1,2", 1), ("start=1~nan", 1), ("start=1e309~0", 1),
    ("start=~", 1), ("start=1e7~0", 1), ("start=%EF%BC%91~2", 1), ("start=a~b", 1), ("start=[1~2]", 1),
    ("surface=", 1), ("surface=../../etc/passwd", 1), ("surface=__proto__", 1), ("surface=constructor", 1),
    ("surface=%3Cscript%3Ealert(1)%3C/script%3E", 1), ("surface=javascript:alert(1)", 1), ("surface=Bowl", 1),
    ("surface=%ed%a0%80", 1), ("surface=%E2%80%AEbowl", 1), ("surface=bowl%00", 1), ("surface=bowl%0d%0aSet-Cookie:x", 1),
    ("surface=[a](javascript:alert(1))", 1), ("surface=www.example.com", 1), ("surface=$x$y", 1), ("surface=:smile:", 1),
    ("surface=http://example.com/x", 1), ("surface=a@example.com", 1), ("surface=_x_~~y~~**z**`w`", 1),
    ("surface=" + "A" * 102400, 1), ("surface=" + quote("가") * 20000, 1),
    ("r=", 1), ("r=~", 1), ("r=adm", 1), ("r=adam,lr,0.1", 1), ("r=ADAM", 1), ("r=adam~lr", 1), ("r=adam~lr~", 1),
    ("r=adam~lr~nan", 1), ("r=adam~lr~inf", 1), ("r=adam~lr~1e309", 1), ("r=adam~lr~-1", 1), ("r=adam~lr~11", 1),
    ("r=adam~beta1~1", 1), ("r=adam~beta1~0.99999999999", 1), ("r=adam~momentum~0.9", 1), ("r=adam~__proto__~1", 1),
    ("r=adam~lr~%EF%BC%90.1", 1), ("r=adam~LR~0.1", 1), ("r=adam~~0.1", 1), ("r=adam~lr~0.1~lr~nan", 1),
    ("r=sgd~colour~10", 1), ("r=sgd~colour~-1", 1), ("r=sgd~colour~red", 1), ("r=sgd~colour~1.5", 1),
    ("r=sgd~shown~maybe", 1), ("r=sgd~shown~", 1), ("r=sgd~schedule~cosin", 1), ("r=sgd~schedule~", 1),
    ("r=sgd~schedule~cosine~s.floor~2", 1), ("r=sgd~schedule~cosine~s.flor~0", 1), ("r=sgd~s.floor~0", 1),
    ("r=sgd~schedule~cosine~floor~0", 1), ("r=sgd~s.warmup_steps~1.5", 1), ("r=sgd~s.warmup_steps~-1", 1),
    ("r=adm&r=adam&r=sgdd", 2), ("&".join(["r=adam"] * 11), 1), ("&".join(["r=adam"] * 100), 1),
    ("shared=", 1), ("shared=cosin", 1), ("shared=cosine~floor~nan", 1), ("shared=cosine~lr~1", 1), ("shared=~~", 1),
    ("step=-1", 1), ("step=1.5", 1), ("step=last", 1), ("camera=1~2", 1), ("camera=1~2~nan", 1), ("camera=", 1),
    ("window=1~0~0~1", 1), ("window=0~1~1~0", 1), ("window=0~0~0~1", 1), ("window=0~1", 1), ("window=-inf~inf~0~1", 1),
    ("loss=", 1), ("loss=LOG", 1), ("loss=%3Cb%3E", 1),
    ("stretch=0", 1), ("stretch=11", 1), ("stretch=-1", 1), ("stretch=nan", 1), ("stretch=wide", 1),
    ("r=adam~dialect~jax", 1), ("r=adam~dialect~", 1), ("r=sgd~dialect~PyTorch", 1), ("f=%00", 1), ("f=<script>", 1),
    ("steps=nan&noise=nan&seed=nan&rotation=nan&tolerance=nan&start=nan&step=nan&camera=nan&window=nan&loss=nan", 10),
]  # fmt: skip


@pytest.mark.parametrize("link", HARMLESS_LINKS)
def test_what_concerns_no_scene_is_no_fault(link):
    assert Scene.from_query(link) == (Scene(), [])


@pytest.mark.parametrize(("link", "faults"), HOSTILE, ids=[link[:40] for link, _ in HOSTILE])
def test_hostile_links(link, faults):
    scene, problems = Scene.from_query(link)
    check(scene, problems)
    too_long = len(link) > MAX_QUERY
    assert len(problems) == (1 if too_long else faults), [str(p) for p in problems]
    parsed_scene, parsed = Scene.from_query(parse_qs(link, keep_blank_values=True, errors="replace"))
    check(parsed_scene, parsed)
    assert len(parsed) == faults, [str(p) for p in parsed]
    if not too_long:
        assert scene == parsed_scene


@pytest.mark.parametrize(("link", "faults"), HOSTILE, ids=[link[:40] for link, _ in HOSTILE])
def test_what_was_right_is_kept(link, faults):
    """The same faults beside a sound scene leave everything else as it was."""
    sound = Scene(
        "himmelblau", (1.5, -2.25), 77, 30.0, 0.25, 9, 0.001, (Runner("adagrad", {"lr": 0.7}, colour=4),),
        Plan("cosine", {"floor": 0.5}), View(12, (1.0, 2.0, 3.0), (-1.0, 1.0, -2.0, 2.0), "linear"), stretch=2.0,
    )  # fmt: skip
    mentioned = {part.partition("=")[0] for part in link.split("&")}
    mentioned |= {"surface"} if "f" in mentioned else set()
    kept = {name: value for name, value in sound.to_query().items() if name not in mentioned}
    query = parse_qs(link, keep_blank_values=True, errors="replace")
    scene, problems = Scene.from_query({**kept, **query})
    check(scene, problems)
    expected = sound.to_query()
    for name in kept:
        assert scene.to_query()[name] == expected[name]


def test_the_good_runners_among_bad_ones_stay():
    scene, problems = Scene.from_query("r=adam~lr~0.2~beta1~nan&r=nobody&r=sgd~lr~0.3~colour~7&steps=12&noise=loud")
    assert [runner.optimizer for runner in scene.runners] == ["adam", "sgd"]
    assert scene.runners[0].hypers == {**OPTIMIZERS["adam"].defaults, "lr": 0.2}
    assert (scene.runners[1].hypers["lr"], scene.runners[1].colour, scene.steps) == (0.3, 7, 12)
    assert sorted(str(p).split(":")[0] for p in problems) == ["Adam beta1", "noise", "optimizer"]


def test_a_fault_says_what_came_what_is_expected_and_what_is_done():
    _, [problem] = Scene.from_query("noise=-1")
    assert problem.text.en == "noise: got '-1', expected a number from 0 to 1000; 0 is used instead."
    assert (
        problem.text.ko
        == "noise: '-1'은(는) 쓸 수 없는 값입니다. 필요한 값: 0 이상 1000 이하의 수. 대신 0을(를) 씁니다."
    )
    _, [problem] = Scene.from_query("r=adm")
    assert problem.text.en == "optimizer: 'adm' is not known; did you mean adam? It was left out."
    for bad in ("window=1~2", "camera=1", "step=-1"):
        _, [problem] = Scene.from_query(bad)
        assert problem.text.en.endswith("; its default is used instead.")
        assert problem.text.ko.endswith(" 대신 기본값을(를) 씁니다.")
        assert "instead" not in problem.refusal.text.en, "where it is raised nothing is"


def test_the_last_of_a_repeated_parameter_counts():
    assert Scene.from_query("steps=nan&steps=12")[0].steps == 12
    assert Scene.from_query("surface=beale&surface=saddle")[0].surface == "saddle"


def test_a_flood_is_cut():
    link = "&".join(f"r=x{i}" for i in range(500))
    for query in (link, parse_qs(link)):
        scene, problems = Scene.from_query(query)
        check(scene, problems)
        assert len(problems) == MAX_FAULTS + 1
        assert "only the first" in str(problems[-1])
    scene, problems = Scene.from_query("r=adam~" + "~".join(f"n{i}~1" for i in range(1000)))
    check(scene, problems)
    assert [r.optimizer for r in scene.runners] == ["adam"]


def test_a_link_that_is_too_long_keeps_its_beginning():
    scene, problems = Scene.from_query("surface=saddle&steps=12&z=" + "y" * 600_000)
    assert (scene.surface, scene.steps) == ("saddle", 12)
    assert [str(p) for p in problems] == [f"The link is longer than {MAX_QUERY} characters; what follows was left out."]
    half, problems = Scene.from_query("z=" + "y" * (MAX_QUERY - 10) + "&steps=1234")
    assert half.steps == Scene().steps, "not the first half of a number"
    assert len(problems) == 1


@pytest.mark.parametrize("query", [None, 5, b"steps=5", ["steps=5"], {"steps": 5.5}, {"r": 5}, {"r": [None, 5, "adam"]},
                                   {"surface": ["bowl", []]}, {"start": [[1, 2]]}, {5: 6}, {"steps": 10**5000}])  # fmt: skip
def test_queries_that_are_no_query(query):
    check(*Scene.from_query(query))


def test_surrogates_and_control_characters_come_through_no_fault():
    for nasty in ("\ud800", "\u202e", "\x00", "\x1b[31m", "\r\n", "\u2028", "'\"<>&;", "‘’", "\ufeff", "é̶̢"):
        for name in ("surface", "steps", "start", "r", "shared", "loss"):
            check(*Scene.from_query({name: nasty}))
            check(*Scene.from_query(f"{name}={nasty}"))
            check(*Scene.from_query({"r": f"adam~{nasty}~{nasty}"}))


# --- hostile data --------------------------------------------------------------------------------------

JUNK = [
    None, True, False, 0, -1, 3.7, 1e309, float("nan"), 10**5000, -(10**400), 1j, "", " ", "nan", "1_0", "٣", "\ud800",
    "<script>", "__proto__", "x" * 100_000, b"5", [], [[]], [None], (1, 2, 3), {}, {"a": {}}, {None: 1}, {1, 2}, object,
    range(3), np.float64(2), np.int64(2), np.array([1.0, 2.0]), [float("inf"), 1], ["1", "2"], [True, False], SimpleNamespace(),
]  # fmt: skip


def places(data, path=()):
    """Every place in nested data, as a path of keys."""
    yield path
    for key in data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ():
        yield from places(data[key], (*path, key))


def put(data, path, value):
    """A copy of nested data with another value in one place."""
    if not path:
        return value
    copy = dict(data) if isinstance(data, dict) else list(data)
    copy[path[0]] = put(data[path[0]], path[1:], value)
    return copy


def whole():
    scene = replace(some_scene(5, runners=2), shared=Plan("cosine"), tolerance=0.1)
    scene = replace(scene, view=View(3, (1.0, 2.0, 3.0), (-1.0, 1.0, -1.0, 1.0), "linear"))
    return json.loads(json.dumps(scene.to_dict()))


@pytest.mark.parametrize("path", list(places(whole())), ids=lambda path: ".".join(map(str, path)) or "whole")
def test_junk_in_every_place(path):
    for junk in JUNK:
        scene, problems = Scene.mend(put(whole(), path, junk))
        check(scene, problems)
        if len(path) == 1 and path[0] != "surface" and not isinstance(junk, (dict, list)):
            others = {**scene.to_dict(), path[0]: None}
            assert others == {**Scene.from_dict(whole()).to_dict(), path[0]: None}, (
                "a fault in one field leaves the rest"
            )


@pytest.mark.parametrize("junk", [5, "adam", True, 1.5, b"x", {1}, range(3)], ids=repr)
@pytest.mark.parametrize("name", ["runners", "view", "shared"])
def test_nothing_is_dropped_in_silence(name, junk):
    _, problems = Scene.mend({name: junk})
    assert len(problems) == 1
    _, problems = Scene.mend({"runners": [{"optimizer": "adam", "hypers": junk}]})
    assert len(problems) == 1
    _, problems = Scene.mend({"runners": [{"optimizer": "adam", "plan": junk}]})
    assert len(problems) == 1
    _, problems = Scene.mend({"runners": [junk]})
    assert len(problems) == 1


def random_data(dice, depth):
    words = ["surface", "f", "bounds", "stretch", "dialect", "x*y", "start", "steps",
             "runners", "optimizer", "hypers", "plan", "schedule", "view", "shared", "lr",
             "colour", "shown", "camera", "window", "step", "loss_axis", "adam", "bowl", "cosine", "log", "floor"]  # fmt: skip
    kind = dice.randrange(6 if depth else 4)
    if kind == 4:
        return [random_data(dice, depth - 1) for _ in range(dice.randrange(5))]
    if kind == 5:
        return {dice.choice(words): random_data(dice, depth - 1) for _ in range(dice.randrange(8))}
    return dice.choice([dice.choice(words), dice.choice(JUNK), dice.gauss(0, 100), dice.randrange(-5, 100)])


def test_mend_never_raises():
    dice = random.Random(20)
    for _ in range(1500):
        scene, problems = Scene.mend(random_data(dice, 5))
        check(scene, problems)


def test_random_links_never_raise():
    dice = random.Random(21)
    names = ["surface", "f", "bounds", "start", "steps", "rotation", "noise", "seed", "tolerance", "stop", "dotted", "r", "shared",
             "step", "camera", "window", "loss"]  # fmt: skip
    pieces = ["~", "~~", "adam", "sgd", "lr", "0.1", "nan", "-1", "cosine", "schedule", "s.floor", "colour", "%", "%ff",
              "%00", "=", ";", "+", "x", "sin(x)", "*y", "é", "가", "\ud83d", "'", '"', "<", "1e400", "bowl", "shown", "0",
              "clip_norm.norm", "clip_norm", ".", "lookahead.k", "loss_value"]  # fmt: skip
    for _ in range(1500):
        link = "&".join(
            f"{dice.choice(names)}={''.join(dice.choice(pieces) for _ in range(dice.randrange(9)))}"
            for _ in range(dice.randrange(6))
        )
        check(*Scene.from_query(link))


# --- strict constructors ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Runner("adm"), "optimizer: 'adm' is not known; did you mean adam?"),
        (lambda: Runner(None), "optimizer: got 'None', expected one of "),
        (lambda: Runner(["adam"]), "optimizer: got 'adam', expected one of "),
        (lambda: Runner("adam", {"lr": -1}), "Adam lr: got '-1', expected a number from 1e−6 to 10."),
        (lambda: Runner("adam", {"beta": 0.9}), "Adam: 'beta' is not known; did you mean beta2?"),
        (lambda: Scene("rosenbrok"), "surface: 'rosenbrok' is not known; did you mean rosenbrock?"),
        (lambda: Runner("adam", {"lr": 11}), "Adam lr: got '11', expected a number from 1e−6 to 10"),
        (lambda: Runner("adam", {"lr": float("nan")}), "Adam lr: got 'nan', expected a number from"),
        (
            lambda: Runner("adam", {"momentum": 0.9}),
            "Adam: got 'momentum', expected one of lr, beta1, beta2, eps, weight_decay, eps_root.",
        ),
        (lambda: Runner("adam", {"lr": True}), "Adam lr: got 'True', expected a number"),
        (lambda: Runner("adam", 0.1), "Adam: got '0.1', expected a mapping of names to values."),
        (lambda: Runner("adam", colour=10), "colour: got '10', expected a whole number from 0 to 9."),
        (lambda: Runner("adam", colour=True), "colour: got 'True', expected a whole number from 0 to 9."),
        (lambda: Runner("adam", plan="cosine"), "plan: got 'cosine', expected a Plan."),
        (lambda: Runner("adam", shown="no"), "shown: got 'no', expected true or false."),
        (lambda: Runner("sgd", dialect="jax"), "dialect: got 'jax', expected one of pytorch"),
        (lambda: Scene({"f": "x^"}), "f: Something is missing after ^."),
        (lambda: Scene({"f": "x", "bounds": (1, 0, 0, 1)}), "bounds: got '1~0~0~1', expected low x, high x"),
        (lambda: Scene(stretch=0), "stretch: got '0', expected a number from 0.1 to 10"),
        (lambda: Plan("cosin"), "schedule: 'cosin' is not known; did you mean cosine?"),
        (lambda: Plan("cosine", {"floor": 2}), "Cosine floor: got '2', expected a number from 0 to 1"),
        (lambda: Plan("constant", {"warmup_steps": 2.5}), "Constant warmup_steps: got '2.5', expected a whole number"),
        (
            lambda: Scene(stops={"loss_value": "-1e+07"}),
            "stop loss_value: got '-1e+07', expected a number from −1e6 to 1e6.",
        ),
        (lambda: Scene("moon"), "surface: got 'moon', expected one of "),
        (lambda: Scene([]), "surface: got '', expected one of "),
        (lambda: Scene(start=(1, float("inf"))), "start: got '1~inf', expected two finite coordinates"),
        (lambda: Scene(start=()), "start: got '', expected two finite coordinates"),
        (lambda: Scene(steps=0), "steps: got '0', expected a whole number from 1 to 5000"),
        (lambda: Scene(steps=True), "steps: got 'True', expected a whole number from 1 to 5000"),
        (lambda: Scene(noise=-1), "noise: got '-1', expected a number from 0 to 1000"),
        (lambda: Scene(runners=5), "runners: got '5', expected a list"),
        (lambda: Scene(runners=("adam",)), "runner: got 'adam', expected a mapping"),
        (lambda: Scene(runners=(Runner("sgd"),) * 11), "A scene holds at most 10 runners"),
        (lambda: Scene(shared="cosine"), "plan: got 'cosine', expected a mapping"),
        (lambda: Scene(view="log"), "view: got 'log', expected a mapping"),
        (lambda: Scene(view=View(step=-1)), "step: got '-1', expected a whole number"),
        (lambda: Scene(view=View(window=(1, 0, 0, 1))), "window: got '1~0~0~1', expected low x, high x, low y, high y"),
        (lambda: Scene.from_dict(None), "scene: got 'None', expected a mapping of names to values"),
        (lambda: Scene.from_dict({"steps": "many"}), "steps: got 'many', expected a whole number"),
    ],
)
def test_strict_ways_in_raise_a_sentence(make, sentence):
    with pytest.raises(SceneError, match="^" + re.escape(sentence)) as caught:
        make()
    check(Scene(), [caught.value])
    for sentence in vars(caught.value.text).values():
        assert not re.search("instead|left out|대신|뺐습니다", sentence), "whoever is refused is given nothing instead"
    assert isinstance(caught.value, ValueError)


def test_a_scene_keeps_plain_values_of_the_right_kind():
    scene = Scene(steps="3e1", rotation="90", noise="0.5", start=["1", 2], runners=[Runner("sgd")], seed=4.0)
    assert (scene.steps, scene.rotation, scene.noise, scene.start, scene.seed) == (30, 90.0, 0.5, (1.0, 2.0), 4)
    assert scene.runners == (Runner("sgd"),)
    assert isinstance(scene.steps, int)
    assert scene.run(scene.runners[0]).x.shape == (31, 2)


def test_hypers_cannot_be_changed_behind_a_runner_s_back():
    given = {"lr": 0.5}
    runner = Runner("sgd", given)
    given["lr"] = 0.7
    assert runner.hypers["lr"] == 0.5
    with pytest.raises(TypeError):
        runner.hypers["lr"] = 0.7
    assert runner.with_hyper("lr", 0.25).hypers["lr"] == 0.25
    assert runner.hypers["lr"] == 0.5


# --- what a scene tells -------------------------------------------------------------------------------------


def test_labels_tell_runners_apart():
    cosine = [Plan("cosine", {"floor": floor}) for floor in (0.1, 0.2)]
    runners = (
        Runner("sgd"), Runner("adam"), Runner("adam", {"lr": 0.2}), Runner("adam", {"lr": 0.2}),
        Runner("adam", {"lr": 0.20001}), Runner("adam", plan=cosine[0]), Runner("adam", plan=cosine[1]),
        Runner("adam", {"lr": 0.2}, shown=False, colour=8),
    )  # fmt: skip
    for scene in (Scene(runners=runners), Scene(runners=runners, shared=Plan("power"))):
        labels = scene.labels()
        assert len(set(labels)) == len(runners), labels
        assert labels[0] == "SGD"
        assert all(label.startswith("Adam") for label in labels[1:])
    assert Scene(runners=runners[:2]).labels() == ("SGD", "Adam")
    assert Scene(runners=runners[1:3]).labels() == ("Adam η 0.001", "Adam η 0.2")


def test_names_have_as_many_digits_as_tell_them_apart() -> None:
    runners = [Runner("sgd", {"lr": lr}) for lr in (1.0, 1.0001, 0.05)]
    assert Scene("bowl", runners=tuple(runners)).labels() == ("SGD η 1", "SGD η 1.0001", "SGD η 0.05")
    assert Scene("bowl", runners=(runners[0], runners[2])).labels() == ("SGD η 1", "SGD η 0.05")


@pytest.mark.parametrize("seed", range(20))
def test_labels_of_random_scenes_are_all_different(seed):
    labels = some_scene(seed, runners=MAX_RUNNERS).labels()
    assert len(set(labels)) == MAX_RUNNERS


def test_labels_name_the_source_that_is_followed():
    keras, ours = Runner("adam", dialect="keras"), Runner("adam")
    assert Scene(runners=(ours, keras)).labels() == ("Adam (PyTorch)", "Adam (Keras)")
    without_pytorch = tuple(Runner("sam", dialect=dialect) for dialect in ("pytorch", "optax"))
    assert Scene(runners=without_pytorch).labels() == ("SAM", "SAM (optax)")
    assert Scene(runners=(keras,)).labels() == ("Adam (Keras)",)
    assert Scene(runners=(ours, Runner("adam", dialect="book"))).labels("ko")[1] == "Adam (책)"
    assert Scene(runners=(keras, keras.with_hyper("lr", 0.1), ours)).labels() == (
        "Adam (Keras) η 0.001", "Adam (Keras) η 0.1", "Adam (PyTorch)",
    )  # fmt: skip


def test_the_shared_schedule_wins():
    runner = Runner("sgd", {"lr": 0.1}, Plan("cosine"))
    scene = Scene("saddle", runners=(runner,), shared=Plan("piecewise", {"first": 2, "second": 4}))
    assert scene.plan_of(runner).schedule == "piecewise"
    assert len(set(scene.run(runner).lr)) == 3
    assert scene.run(runner).lr[0] == 0.1


def test_free_colours():
    scene = Scene(runners=(Runner("sgd", colour=0), Runner("sgd", colour=2)))
    assert scene.free_colour() == 1
    full = Scene(runners=tuple(Runner("sgd", colour=c) for c in range(MAX_RUNNERS)))
    assert full.free_colour() in range(MAX_RUNNERS)


def test_the_shown_step_is_never_beyond_the_end():
    assert Scene(steps=10).shown_step == 10
    assert Scene(steps=10, view=View(step=4)).shown_step == 4
    assert Scene(steps=10, view=View(step=400)).shown_step == 10


def test_a_stretched_scene_stretches_its_surface():
    scene = Scene("bowl", rotation=90, stretch=3.0)
    assert scene.record.value(0.0, 4.0) == pytest.approx(SURFACES["bowl"].value(4.0, 0.0))
    assert scene.record.value(2.0, 0.0) == pytest.approx(SURFACES["bowl"].value(0.0, 6.0))


def test_a_batch_belongs_to_surfaces_with_examples():
    key, surface = next(item for item in SURFACES.items() if item[1].samples and not item[1].samples.in_turn)
    samples = surface.samples
    own, whole = Scene(key), Scene(key, batch=0)
    assert (own.batch_size, whole.batch_size, Scene("bowl").batch_size) == (samples.batch, 0, 0)
    runner = Runner("sgd", {"lr": 0.1})
    assert np.abs(own.run(runner).x - whole.run(runner).x).max() > 0
    again = descend(key, "sgd", start=own.start, steps=own.length, hypers={"lr": 0.1}, batch=samples.batch)
    np.testing.assert_array_equal(own.run(runner).x, again.x)
    assert Scene.from_query(whole.to_string()) == (whole, [])
    for link in (f"surface={key}&batch={samples.count + 1}", f"surface={key}&batch=1.5", "surface=bowl&batch=1"):
        scene, [problem] = Scene.from_query(link)
        check(scene, [problem])
        assert scene.batch is None
        assert str(problem).startswith("batch: got")


def test_of_many_names_a_dozen_is_told():
    names = [f"n{i}" for i in range(14)]
    assert one_of(names[:12]).en == f"one of {', '.join(names[:12])}"
    assert refused("it", "x", one_of(names)).text == Text(
        f"it: got 'x', expected one of {', '.join(names[:12])} and 2 more.",
        f"it: 'x'은(는) 쓸 수 없는 값입니다. 필요한 값: {', '.join(names[:12])} 외 2개 가운데 하나.",
    )


def test_a_bare_runner_has_no_look():
    runner = Runner("adam", {"lr": 0.02}, Plan("cosine"), colour=3, shown=False, dialect="keras")
    assert runner.bare == Runner("adam", {"lr": 0.02}, Plan("cosine"), dialect="keras") == runner.bare.bare


@pytest.mark.parametrize("key", SURFACES)
def test_a_scene_is_noisy_where_another_seed_is_another_run(key):
    samples = SURFACES[key].samples
    for noise in (0.0, 0.1):
        for batch in (None, 0, 1, samples.count) if samples else (None,):
            scene = Scene(key, steps=8, noise=noise, batch=batch)
            runs = scene.run(Runner("sgd", {"lr": 1e-6}), seed=np.arange(4)).x
            assert scene.noisy == (runs != runs[:1]).any(), (noise, batch)


def test_a_turned_scene_turns_its_surface():
    assert Scene("bowl", rotation=90).record.value(0.0, 4.0) == pytest.approx(SURFACES["bowl"].value(4.0, 0.0))
    assert Scene("bowl", rotation=360).record is SURFACES["bowl"]


def test_every_parameter_that_a_link_may_hold_is_declared() -> None:
    batch = Scene(next(key for key, surface in SURFACES.items() if surface.samples), batch=0)
    full = Scene(
        Formula("x", ((0, 1), (0, 1))), rotation=1.0, stretch=2.0, noise=1.0, seed=1, tolerance=0.1, shared=Plan(),
        stops=dict.fromkeys(STOPS, 1.0),
        dotted="ema",
        view=View(step=1, camera=(1.0, 1.0, 1.0), window=(0.0, 1.0, 0.0, 1.0), loss_axis="linear"),
    )  # fmt: skip
    assert set(full.to_query()) | set(batch.to_query()) == set(PARAMETERS)


def test_an_empty_scene_says_that_it_is_empty() -> None:
    query = Scene().to_query()
    assert query["r"] == [NOBODY]
    assert Scene.from_query(query) == (Scene(), [])
