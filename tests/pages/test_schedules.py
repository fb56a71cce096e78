"""The schedules page: what is chosen is drawn, the address restores it, and a schedule goes to the race as it is."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from urllib.parse import parse_qs, urlencode

import numpy as np
import pytest

from core import OPTIMIZERS, SCHEDULES, SURFACES, Plan, Runner, Scene, View, descend
from core.presets import PRESETS
from core.range_test import range_test
from core.schedules._warmup import WARMUP, climb
from core.text import TABLES
from pages.schedules.bar import ADDRESS, PILLS
from pages.shared import session
from pages.shared.trial import GROUND, ORDER, PLAINEST, SEEDS, Span, Trial, first, outcome, read, write

EN = TABLES["en"]
FIRST = first()
HOSTILE = [
    "plan=warp~s~1&plan=&plan=~~~&plan=power~s~nan&plan=power~s~1e999",
    "surface=%3Cscript%3E&r=adam~lr~inf&steps=inf&noise=-1&batch=x&rates=%3Cb%3E&warmup=9",
    "steps=9999999999999999999999&seed=-1&r=" + "x" * 9000,
    "&".join(f"plan=step~s~{i}" for i in range(300)),
    "f=__import__('os')&surface=expression&plan=cosine",
]


@pytest.fixture
def open_page(visit):
    """open_page(query="", lang=None): the schedules page, opened with this link."""
    return lambda query="", lang=None: visit(query, lang, "schedules")


def as_query(trial):
    return {name: value if isinstance(value, list) else [value] for name, value in write(trial).items()}


def trial_of(at):
    """The trial as the session has it, which is the one that the address tells, without a fault."""
    assert not at.exception
    shown = at.session_state[f"{ADDRESS.page}.state"]
    address = {name: values for name, values in at.query_params.items() if name in ADDRESS.names}
    assert read({name: v if isinstance(v, list) else [v] for name, v in address.items()}) == (shown, [])
    return shown


def figure_of(at):
    (chart,) = at.get("plotly_chart")
    return json.loads(chart.proto.spec)


def names_drawn(at):
    return [trace["name"] for trace in figure_of(at)["data"] if trace.get("name")][::2]


# --- the codec -----------------------------------------------------------------------------------------------------


def test_a_first_visit_needs_no_parameters():
    assert write(FIRST) == {}
    assert read({}) == (FIRST, [])
    assert [p.schedule for p in FIRST.plans if p.record.textbook] == [k for k in ORDER if SCHEDULES[k].textbook]
    assert [SCHEDULES[key].textbook for key in ORDER][:5] == [1, 2, 3, 4, 5]
    assert FIRST.scene.noisy


@pytest.mark.parametrize("surface", [GROUND, "himmelblau", "saddle", "online_three"])
def test_a_trial_comes_back_to_the_last_bit(surface):
    trial = FIRST.on(surface, "adam").choose(list(ORDER)).with_warmup(7)
    trial = trial.with_plan(Plan("step", {"gamma": 0.123456789, "s": 17, WARMUP.name: 7}))
    scene = replace(trial.scene, steps=321, noise=0.25, seed=5, view=View(loss_axis="linear"))
    trial = replace(trial, scene=scene, log_rates=True)
    assert read(as_query(trial)) == (trial, [])
    assert read(as_query(trial.choose([]))) == (trial.choose([]), [])


@pytest.mark.parametrize("query", HOSTILE)
def test_any_query_is_mended_and_what_was_wrong_is_said(query):
    trial, faults = read(parse_qs(query, keep_blank_values=True))
    assert read(as_query(trial)) == (trial, [])
    assert faults or "step~s" in query
    assert len({plan.schedule for plan in trial.plans}) == len(trial.plans)
    for fault in faults:
        assert "<" not in fault.en + fault.ko
        assert len(fault.en) < 400


def test_a_surface_brings_its_own_rate_and_length():
    for key, surface in SURFACES.items():
        for name in (PLAINEST, "adam"):
            trial = FIRST.on(key, name)
            assert trial.runner.hypers["lr"] == surface.rate_for(OPTIMIZERS[name])
            assert trial.scene.length == surface.steps
            assert trial.plans == FIRST.plans


# --- what schedules do ---------------------------------------------------------------------------------------------


def test_an_outcome_is_that_of_as_many_seeds():
    plan = FIRST.plans[0]
    found = outcome(FIRST.scene, plan, SEEDS)
    runs = [
        descend(
            GROUND, PLAINEST, start=SURFACES[GROUND].start, steps=FIRST.scene.length, hypers=FIRST.runner.hypers,
            schedule=plan.schedule, schedule_hypers=plan.hypers, seed=seed,
        )
        for seed in range(SEEDS)
    ]  # fmt: skip
    last = np.sort([run.loss[-1] for run in runs])
    assert float(found.last.middle[0]) == last[SEEDS // 2 - 1]
    assert float(found.last.low[0]) == last[int(np.ceil(0.1 * SEEDS)) - 1]
    np.testing.assert_allclose(found.rates.middle, runs[0].lr, rtol=1e-15)
    assert (found.loss.low <= found.loss.middle).all()
    assert (found.loss.middle <= found.loss.high).all()


def test_rates_are_known_even_where_the_run_is_lost():
    scene = Scene(surface="rosenbrock", steps=200, runners=(Runner(PLAINEST, {"lr": 10.0}),))
    found = outcome(scene, Plan("power", {WARMUP.name: 4}), 1)
    assert not np.isfinite(found.last.middle[0])
    t = np.arange(200)
    expected = 10.0 * climb(t, 4) / (1 + np.maximum(t - 4, 0) / 20)
    np.testing.assert_allclose(found.rates.middle, expected)


# --- the page --------------------------------------------------------------------------------------------------------


def test_draws_every_chosen_schedule_and_says_what_it_is(open_page):
    at = open_page()
    assert trial_of(at) == FIRST
    assert names_drawn(at) == [plan.record.name.en for plan in FIRST.plans]
    text = " ".join(m.value for m in (*at.markdown, *at.caption))
    for plan in FIRST.plans:
        assert plan.record.about.en in text
        assert plan.record.latex in text
    assert EN["trial_textbook"] in text
    assert EN["trial_band"].format(runs=SEEDS) in text


@pytest.mark.parametrize("lang", TABLES)
def test_speaks_the_language_of_the_link(open_page, lang):
    at = open_page("plan=cosine&surface=himmelblau", lang)
    assert at.query_params["lang"] == lang
    assert names_drawn(at) == [SCHEDULES["cosine"].name[lang]]
    assert TABLES[lang]["trial_single"] in [c.value for c in at.caption]
    hangul = [m.value for m in (*at.markdown, *at.caption) if re.search("[가-힣]", m.value)]
    assert bool(hangul) == (lang == "ko")


def test_pills_add_and_remove_and_keep_what_was_set(open_page):
    at = open_page()
    at.select_slider(key="trial.power.s").set_value(100.0).run()
    at.button_group(key=PILLS).set_value(["power", "cyclic"]).run()
    trial = trial_of(at)
    assert [plan.schedule for plan in trial.plans] == ["power", "cyclic"]
    assert trial.plans[0].hypers["s"] == 100
    assert names_drawn(at) == ["Power", SCHEDULES["cyclic"].name.en]
    at.button_group(key=PILLS).set_value([]).run()
    assert trial_of(at).plans == ()
    assert not at.get("plotly_chart")
    assert EN["trial_empty"] in [s.value for s in at.subheader]


def test_every_control_changes_one_thing(open_page):
    at = open_page()
    expected = FIRST

    def now(**fields):
        nonlocal expected
        expected = replace(expected, **fields)
        assert trial_of(at) == expected

    at.select_slider(key="trial.warmup").set_value(20.0).run()
    now(plans=expected.with_warmup(20).plans)
    at.select_slider(key="trial.onecycle.div").set_value(10.0).run()
    (old,) = [plan for plan in expected.plans if plan.schedule == "onecycle"]
    now(plans=expected.with_plan(Plan("onecycle", {**old.hypers, "div": 10.0})).plans)
    at.select_slider(key="trial.lr").set_value(0.22).run()
    now(scene=replace(expected.scene, runners=(expected.runner.with_hyper("lr", 0.22),)))
    at.select_slider(key="trial.steps").set_value(100.0).run()
    now(scene=replace(expected.scene, steps=100))
    at.select_slider(key="trial.noise").set_value(0.5).run()
    now(scene=replace(expected.scene, noise=0.5))
    at.select_slider(key="trial.batch").set_value(0.0).run()
    now(scene=replace(expected.scene, batch=0))
    at.toggle(key="trial.log_rates").set_value(True).run()
    now(log_rates=True)
    assert figure_of(at)["layout"]["yaxis"]["type"] == "log"
    at.toggle(key="trial.log_loss").set_value(False).run()
    now(scene=replace(expected.scene, view=View(loss_axis="linear")))
    assert figure_of(at)["layout"]["yaxis2"]["type"] == "linear"
    at.selectbox(key="trial.surface").set_value("saddle").run()
    now(scene=expected.on("saddle", PLAINEST).scene)
    at.selectbox(key="trial.optimizer").set_value("adam").run()
    now(scene=expected.on("saddle", "adam").scene)
    assert at.toggle(key="trial.log_loss").disabled, "a surface without a floor has no logarithm"


@pytest.mark.parametrize("query", HOSTILE)
def test_a_hostile_link_shows_a_sound_page(open_page, query):
    at = open_page(query)
    assert not at.exception
    trial_of(at)
    assert at.warning or "step~s" in query
    at.toggle(key="trial.log_rates").set_value(True).run()
    assert not at.warning


def test_what_a_link_says_is_shown_and_not_obeyed(open_page):
    (warning,) = open_page("steps=~x~&noise=~y~&plan=cosine").warning
    assert warning.value.count("  \n") == 1, "a line a fault"
    assert r"'\~x\~'" in warning.value
    assert r"'\~y\~'" in warning.value


def test_two_moves_in_one_run_both_count(open_page):
    at = open_page("plan=cosine")
    at.select_slider(key="trial.noise").set_value(0.5)
    at.select_slider(key="trial.cosine.floor").set_value(0.5)
    at.select_slider(key="trial.warmup").set_value(10.0).run()
    trial = trial_of(at)
    assert trial.scene.noise == 0.5
    assert trial.plans[0].hypers == {**trial.plans[0].hypers, "floor": 0.5, WARMUP.name: 10}


def test_the_back_button_undoes_and_leaving_the_page_keeps(open_page, go_back):
    at = open_page("plan=cosine")
    assert [plan.schedule for plan in trial_of(at).plans] == ["cosine"]
    at.select_slider(key="trial.cosine.floor").set_value(0.5).run()
    kept = trial_of(at)
    go_back(at, parse_qs("plan=linear"))
    assert [plan.schedule for plan in trial_of(at).plans] == ["linear"]
    go_back(at, as_query(kept))
    assert trial_of(at) == kept

    at.query_params = {}
    at.switch_page("pages/race/page.py").run()
    at.query_params = {}
    at.switch_page("pages/schedules/page.py").run()
    assert trial_of(at) == kept


# --- the rate-range test ---------------------------------------------------------------------------------------------


def test_the_rate_range_test_is_a_view_with_a_link_of_its_own(open_page):
    at = open_page("surface=bowl&plan=cosine")
    at.button_group(key="trial.view").set_value(True).run()
    trial = trial_of(at)
    rate = SURFACES["bowl"].rate_for(OPTIMIZERS[PLAINEST])
    assert (trial.span.low, trial.span.high) == (float(f"{rate / 1000:.1g}"), min(10.0, rate * 1000))
    assert [plan.schedule for plan in trial.plans] == ["cosine"], "they are there again afterwards"
    assert PILLS not in {group.key for group in at.get("button_group")}
    figure = figure_of(at)
    assert figure["layout"]["xaxis"]["type"] == "log"
    assert [a["text"].split("<br>")[0] for a in figure["layout"]["annotations"]] == ["steepest", "explodes"]
    at.button_group(key="trial.view").set_value(False).run()
    assert trial_of(at) == replace(trial, span=None)


@pytest.mark.parametrize("lang", TABLES)
def test_what_is_read_off_is_said_and_can_be_gone_on_with(open_page, lang):
    at = open_page("surface=bowl&range=0.001~10~0.5", lang)
    found = range_test(at.session_state["trial.state"].scene, at.session_state["trial.state"].runner, 0.001, 10, 0.5)
    said = " ".join(m.value for m in at.markdown)
    steep, blown = (float(found.rates[i]) for i in (found.steepest, found.blown))
    assert f"**η = {steep:.3g}**" in said
    assert f"**η = {blown:.3g}**" in said
    at.button(key="trial.use.below").click().run()
    trial = trial_of(at)
    assert trial.span is None
    assert trial.runner.hypers["lr"] == float(f"{blown / 10:.2g}")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("surface=bowl&range=1e-5~1e-4~0", "range_calm"),
        ("surface=rosenbrock&range=5~10~0.9", "range_lost"),
        ("surface=online_rare&steps=60&range=1e-5~1e-2~0", "range_flat"),
        ("surface=bowl&steps=10&range=1e-5~1e-2~0", "range_coarse"),
        ("surface=bowl&steps=3&range=1e-4~10~0.9", "range_coarse"),
    ],
)
def test_a_test_that_finds_less_says_so(open_page, query, said):
    at = open_page(query)
    trial_of(at)
    assert EN[said].partition("{")[0].replace("*", "") in " ".join(m.value for m in at.markdown).replace("*", "")


def test_one_step_is_drawn_and_told(open_page):
    """A point where there is no line, and no "1 steps"."""
    at = open_page("surface=bowl&steps=1&range=1e-5~1e-2~0.99")
    assert [t["mode"] for t in figure_of(at)["data"] if t["mode"] != "none"] == ["markers", "markers"]
    assert at.select_slider(key="trial.smoothing").value == 0.99
    at = open_page("surface=bowl&steps=1&plan=cosine&plan=constant")
    rates = [t for t in figure_of(at)["data"] if len(t["x"]) == 1 or ("bdata" in t["x"] and t["mode"] == "markers")]
    assert len(rates) == 2
    said = " ".join(c.value for c in at.caption)
    assert EN["trial_last"].partition("{loss}")[0].format(steps=1) in said
    assert "1 steps" not in said


def test_the_ends_of_a_range_stay_a_decade_apart(open_page):
    at = open_page("surface=bowl&range=0.001~1~0.5")
    at.select_slider(key="trial.low").set_value(1.0).run()
    assert trial_of(at).span == Span(1.0, 10.0, 0.5)
    at.select_slider(key="trial.high").set_value(1e-5).run()
    assert trial_of(at).span == Span(1e-6, 1e-5, 0.5)
    at.select_slider(key="trial.smoothing").set_value(0.98).run()
    assert trial_of(at).span == Span(1e-6, 1e-5, 0.98)
    at.selectbox(key="trial.surface").set_value("rosenbrock").run()
    assert trial_of(at).span == replace(
        Span.around(SURFACES["rosenbrock"].rate_for(OPTIMIZERS[PLAINEST])), smoothing=0.98
    )


@pytest.mark.parametrize(
    "words", ["", "1", "1~2", "2~1~0.5", "1~1~0.5", "nan~1~0.5", "0~1~0", "1e-3~1e9~0", "1e-3~1~1", "<b>~1~0"]
)
def test_a_range_that_is_none_is_mended_and_told(words):
    trial, faults = read({"range": [words], "surface": ["bowl"]})
    assert trial.span == Span.around(SURFACES["bowl"].rate_for(OPTIMIZERS[PLAINEST]))
    assert len(faults) == 1
    assert "range" in faults[0].en


def test_every_optimizer_and_surface_can_be_tested(open_page):
    for surface in ("rosenbrock", "saddle", GROUND, "online_three"):
        at = open_page(f"surface={surface}&range=1e-4~10~0.9&r=adam&steps=60")
        trial_of(at)
        assert figure_of(at)["data"]


# --- what is folded away -----------------------------------------------------------------------------------------------


def test_what_is_seldom_moved_is_folded_away_until_it_was(open_page):
    shut = {widget.key for widget in open_page("plan=onecycle").select_slider}
    moved = open_page("plan=onecycle~linear~1")
    rare = {f"trial.onecycle.{h.name}" for h in SCHEDULES["onecycle"].hypers if h.rare and not h.after}
    assert not rare & shut
    assert rare <= {widget.key for widget in (*moved.select_slider, *moved.toggle)}
    moved.toggle(key="trial.onecycle.three_phase").set_value(True).run()
    assert trial_of(moved).plans[0].hypers["three_phase"] == 1


def test_the_momentum_is_drawn_beside_the_rate_and_whose_it_is_is_said(open_page):
    at = open_page("plan=onecycle~cycle_momentum~1&plan=cosine&r=momentum")
    figure = figure_of(at)
    titles = [a["text"] for a in figure["layout"]["annotations"]]
    assert titles[:2] == [EN["rate"], EN["cycled"]]
    assert EN["trial_momentum"] in [c.value for c in at.caption]
    at.selectbox(key="trial.optimizer").set_value("sgd").run()
    assert EN["trial_no_momentum"].format(name="SGD") in [c.value for c in at.caption]
    assert EN["cycled"] not in [a["text"] for a in figure_of(open_page("plan=onecycle"))["layout"]["annotations"]]


# --- to the race, and as code ----------------------------------------------------------------------------------------


def send(at, key):
    """Press the button, then do what the browser does: follow to the page."""
    return at.button(key=f"trial.{key}.race").click().run()


def test_reset_leads_back_to_what_was_opened(open_page):
    at = open_page("surface=beale&plan=cosine&plan=power~s~50")
    opened = at.session_state["trial.state"]
    assert at.button(key="reset").disabled
    at.selectbox(key="trial.surface").set_value("bowl").run()
    at.button_group(key=PILLS).set_value(["step"]).run()
    at.button(key="reset").click().run()
    assert not at.exception
    assert at.session_state["trial.state"] == opened
    assert at.selectbox(key="trial.surface").value == "beale"
    assert set(at.button_group(key=PILLS).value) == {"cosine", "power"}
    assert at.button(key="reset").disabled


def test_a_schedule_joins_the_race_at_the_rate_of_its_surface(open_page):
    race = next(iter(PRESETS.values())).scene
    at = open_page("surface=himmelblau&plan=power~s~50&plan=constant")
    send(at, "power")
    assert not at.exception
    scene = at.session_state[session.SCENE]
    assert scene.runners[:-1] == race.runners
    new = scene.runners[-1]
    assert (new.optimizer, new.plan) == (PLAINEST, Plan("power", {"s": 50}))
    assert new.hypers["lr"] == race.record.rate_for(new.record)
    assert new.colour not in {runner.colour for runner in race.runners}
    assert len(at.session_state[session.IDS]) == len(scene.runners)


def test_a_schedule_joins_a_race_that_shares_one(open_page):
    shared = Plan("cosine", {"floor": 0.25})
    at = open_page("plan=power")
    race = replace(next(iter(PRESETS.values())).scene, shared=shared)
    at.session_state[session.SCENE] = race
    send(at, "power")
    scene = at.session_state[session.SCENE]
    assert scene.shared is None
    assert [runner.plan for runner in scene.runners[:-1]] == [shared] * len(race.runners)
    assert scene.runners[-1].plan == Plan("power")


def test_a_full_race_takes_nobody(open_page):
    at = open_page("plan=power")
    full = tuple(Runner(PLAINEST, {"lr": 0.1}, colour=i) for i in range(10))
    at.session_state[session.SCENE] = replace(next(iter(PRESETS.values())).scene, runners=full)
    at.run()
    assert at.button(key="trial.power.race").disabled


SPELLED = ("lr_scheduler.ExponentialLR", "schedules.ExponentialDecay", "optax.exponential_decay")


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_the_code_of_a_schedule_is_its_own_spelling(open_page, optimizer):
    at = open_page(f"plan=exponential~gamma~0.2~s~40&surface=himmelblau&r={optimizer}~lr~0.01")
    at.button(key="trial.exponential.code").click().run()
    assert not at.exception
    programs = [code.value for code in at.code]
    for spelled in SPELLED:
        assert sum(spelled in program for program in programs) == 1
    own = EN["code_own"].format(library="Keras")
    assert (own in [c.value for c in at.caption]) == (optimizer == "adam"), "Keras' Adam places ε elsewhere"


WATCHED = (
    "keras.callbacks.ReduceLROnPlateau(monitor='loss', mode='min', factor=0.25, patience=7)",
    "optax.contrib.reduce_on_plateau(factor=0.25, patience=7)",
)


def test_a_library_that_watches_the_loss_otherwise_does_so_in_its_own_way(open_page):
    at = open_page("plan=plateau~reduction~0.25~patience~7&surface=himmelblau")
    at.button(key="trial.plateau.code").click().run()
    programs = [code.value for code in at.code]
    assert len(at.info) == 2
    for spelled in WATCHED:
        assert sum(spelled in program and "path" in program for program in programs) == 1
    assert sum("torch.optim.lr_scheduler.ReduceLROnPlateau(" in program for program in programs) == 1


def test_a_schedule_that_a_library_cannot_follow_step_by_step_is_spelled_at_least(open_page):
    at = open_page("plan=plateau~reduction~0.25~patience~7~warmup_steps~3&surface=himmelblau")
    at.button(key="trial.plateau.code").click().run()
    programs = [code.value for code in at.code]
    for spelled in WATCHED:
        assert spelled in programs


def test_trials_can_be_told_apart_in_a_cache():
    assert len({Trial(FIRST.scene, FIRST.plans), FIRST, replace(FIRST, log_rates=True)}) == 2
    assert urlencode(as_query(FIRST.with_warmup(3)), doseq=True)
