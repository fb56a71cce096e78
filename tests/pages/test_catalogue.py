"""The catalogue: every record has an entry that shows all it knows, can be found, linked and raced."""

from __future__ import annotations

import base64
import inspect
import json
import re
from dataclasses import replace
from urllib.parse import parse_qs

import numpy as np
import pytest

from core import MODIFIERS, OPTIMIZERS, SCHEDULES, STOPS, SURFACES, Plan, Runner, Scene
from core.export.code import asked
from core.notation import statements
from core.presets import PRESETS
from core.scene import DIALECTS
from core.spec import once
from core.text import LANGUAGES, TABLES
from core.text.terms import long_name
from pages.catalogue.entries import KINDS, Entry, every, first, first_of, found, link, read, write
from pages.catalogue.groups import groups
from pages.catalogue.index import ADDRESS, TABS
from pages.catalogue.view import MOST, NAMED
from pages.shared import controls, families, session, words
from pages.shared.words import plain

EN = TABLES["en"]
NAMES = {lang: {kin: table[f"family_{kin}"] for kin in families.FAMILIES} for lang, table in TABLES.items()}
RACE = next(iter(PRESETS.values())).scene
ENTRIES = [entry for kind in KINDS for entry in every(kind)]
EVERY = [pytest.param(entry, id=f"{entry.kind}-{entry.key}") for entry in ENTRIES]
SEVERAL = next(o for o in OPTIMIZERS.values() if len([d for d in o.dialects.values() if d.update]) > 1)
APART = next(o for o in OPTIMIZERS.values() if any({*d.defaults} - {"lr"} for d in o.dialects.values()))
ALONE = next(o for o in OPTIMIZERS.values() if not o.dialects)


@pytest.fixture
def open_page(visit):
    """open_page(query="", lang=None): the catalogue, opened with this link."""
    return lambda query="", lang=None: visit(query, lang, "catalogue")


def query_of(entry):
    return f"kind={entry.kind}&entry={entry.key}"


def entry_of(at):
    assert not at.exception
    return at.session_state[f"{ADDRESS.page}.state"]


def html_of(at):
    """What the link components show: the list, and for an optimizer the family tree."""
    return [html for component in at.get("bidi_component") for html in json.loads(component.proto.json)]


def pick(at, i, name):
    """Click a link of the i-th component, as the browser reports it."""
    from streamlit.components.v2.bidi_component.main import _make_trigger_id

    states = at._tree.get_widget_states()
    message = states.widgets.add()
    message.id = _make_trigger_id(at.get("bidi_component")[i].proto.id, "events")
    message.json_trigger_value = json.dumps([{"event": "picked", "value": name}])
    return at._run(states)


def text_of(at):
    return "\n".join(str(e.value) for e in (*at.markdown, *at.caption, *at.code, *at.get("latex"), *at.subheader))


# --- finding -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", EVERY)
def test_an_entry_is_found_by_all_that_it_is_known_for(entry):
    source = entry.source
    for word in (
        entry.key,
        entry.name.en,
        entry.name.ko,
        *((str(source.year), source.authors.split(",")[0]) if source else ()),
    ):
        assert entry in found(word), word
        assert entry in found(f"  {word.upper()} ")
    assert read(parse_qs(query_of(entry))) == (entry, [])
    if entry != first():
        assert read({name: [value] for name, value in write(entry).items()}) == (entry, [])


def test_a_search_asks_for_every_word_in_any_language():
    by_kingma = [e for e in ENTRIES if e.source and "Kingma" in e.source.authors and e.source.year == 2015]
    assert found("kingma 2015") == by_kingma
    assert found("골짜기")
    for family, name in NAMES["ko"].items():
        assert {e.key for e in found(name)} >= {key for key, o in OPTIMIZERS.items() if o.family == family}
    assert found("") == ENTRIES
    assert found("zzz") == []


@pytest.mark.parametrize(
    ("search", "key"),
    [
        ("직선 탐색", "line_search"),
        ("직선탐색", "line_search"),
        ("백트래킹", "backtracking"),
        ("켤레 기울기", "cg_fletcher_reeves"),
        ("공액기울기", "cg_polak_ribiere"),
        ("뉴턴법", "newton"),
        ("준뉴턴", "bfgs"),
        ("경사 하강법", "sgd"),
        ("코사인 어닐링", "cosine"),
        ("conjugate gradient", "cg_polak_ribiere"),
        ("sharpness-aware", "sam"),
    ],
)
def test_a_thing_is_found_by_the_name_that_a_course_gives_it(search, key):
    """Also where the record is called by another name, or in another language; and what is called so comes first."""
    assert key in [entry.key for entry in found(search)[:2]]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_long_name_is_shown_where_the_short_one_does_not_say_it(lang):
    names = {key: long_name(record.name, lang) for key, record in OPTIMIZERS.items()}
    assert names["cg_polak_ribiere"] == {"en": "conjugate gradients", "ko": "켤레 기울기법"}[lang]
    assert names["line_search"] == {"en": "", "ko": "직선 탐색"}[lang]
    assert names["adam"] == names["adamw"] == ""


def test_what_is_called_so_comes_before_what_only_speaks_of_it():
    """Adam is spoken of in a dozen entries."""
    matches = [entry.key for entry in found("adam") if entry.kind == "optimizers"]
    called = [key for key in OPTIMIZERS if "adam" in f"{key} {OPTIMIZERS[key].name}".lower()]
    assert matches[: len(called)] == called
    assert len(matches) > len(called)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_entry_stands_in_one_group_those_of_the_textbooks_first(monkeypatch, lang):
    monkeypatch.setattr(words, "language", lambda: lang)
    for kind in KINDS:
        made = groups(kind)
        listed = [entry for group in made for entry in group.entries]
        assert sorted(entry.key for entry in listed) == sorted(entry.key for entry in every(kind))
        assert len({group.title for group in made}) == len(made)
        assert all(group.title for group in made) == (len(made) > 1)
    for kind, count in (("optimizers", 9), ("schedules", 5)):  # of which the headings speak
        places = [entry.record.textbook for entry in groups(kind)[0].entries]
        assert places == list(range(1, count + 1))
        assert not any(entry.record.textbook for group in groups(kind)[1:] for entry in group.entries)
    for group, family in zip(groups("optimizers")[1:], families.FAMILIES, strict=True):
        assert {entry.record.family for entry in group.entries} <= {family}
        names = [entry.record.name.casefold() for entry in group.entries]
        assert names == sorted(names)
        assert group.about == TABLES[lang][f"family_{family}_step"]


def test_a_key_without_a_kind_is_the_first_that_has_it():
    (shared,) = set(SCHEDULES) & set(SURFACES)
    assert read({"entry": [shared]})[0] == Entry("schedules", shared)
    assert read({"entry": [shared], "kind": ["surfaces"]})[0] == Entry("surfaces", shared)
    assert read({"kind": ["surfaces"]}) == (first_of("surfaces"), [])
    assert read({}) == (first(), [])
    assert write(first()) == {}


@pytest.mark.parametrize(
    "bad", ["warp", "<script>alert(1)</script>", "[x](http://evil.example)", "a" * 9999, "__init__"]
)
def test_an_unknown_entry_is_named_safely(open_page, bad):
    entry, (fault,) = read({"entry": [bad]})
    assert entry == first()
    for sentence in (fault.en, fault.ko):
        assert not re.search(r"[<>\[\]()/_]", sentence)
        assert len(sentence) < 200
    at = open_page(f"entry={bad}")
    assert entry_of(at) == first()
    assert [warning.value for warning in at.warning] == [plain(fault.en)]


# --- what an entry shows ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("entry", EVERY)
def test_an_entry_shows_what_its_record_knows(open_page, entry, lang):
    at = open_page(query_of(entry), lang)
    assert entry_of(at) == entry
    shown, record = text_of(at), entry.record
    assert entry.name[lang] in [s.value for s in at.subheader]
    if source := entry.source:
        assert f"{source.year} · {source.authors} · [{source.title}]({source.url})" in shown
    assert all(part in shown for part in statements(record.latex))
    if entry.kind == "surfaces":
        functions = [record.value, record.gradient, record.hessian]
        assert record.teaches[lang] in shown
        minima = next((m.value for m in at.markdown if m.value.startswith(f"| {TABLES[lang]['minimum']}")), "")
        assert (
            minima.count("\n") - 1 == min(len(record.minima), MOST) + (len(record.minima) > MOST) or not record.minima
        )
        assert all(controls.spell(rate) in shown and NAMES[lang][kin] in shown for kin, rate in record.rates.items())
    elif entry.kind == "stops":
        functions = [record.holds]
        assert record.about[lang] in shown
        assert f"| {controls.label(record.bound)} | {controls.spell(record.bound.default)} |" in shown
    else:
        formula = {"optimizers": "update", "schedules": "factor", "modifiers": "change"}[entry.kind]
        functions = [getattr(record, formula), *(d.update for d in record.dialects.values() if d.update)]
        assert record.about[lang] in shown
        if entry.kind == "optimizers":
            assert f"**{NAMES[lang][record.family]}** · {TABLES[lang][f'family_{record.family}_step']}" in shown
        assert all(text[lang] in shown for text in record.differs.values())
        for library in ("pytorch", "keras", "optax"):
            assert asked(record, library) in shown
    for function in functions:
        assert inspect.getsource(function) in shown
    assert "{" not in re.sub(r"\$[^$]*\$|\\[^|]*|\{\}", "", " ".join(c.value for c in at.caption))


def test_a_family_is_told_by_the_best_known_of_it(open_page):
    """Forty names in a cell are a wall."""
    shown = text_of(open_page("kind=surfaces&entry=rosenbrock"))
    for family in set(SURFACES["rosenbrock"].rates):
        own = [o for o in OPTIMIZERS.values() if o.family == family]
        (row,) = [line for line in shown.splitlines() if line.startswith(f"| {NAMES['en'][family]}: ")]
        named = [o for o in own if re.search(rf"(: |, ){re.escape(o.name)}(,| \|)", row)]
        if len(own) <= NAMED + 1:
            assert named == own
        else:
            assert len(named) == NAMED
            assert EN["and_more"].format(number=len(own) - NAMED) in row
            assert {o.key for o in own if o.textbook} <= {o.key for o in named}


def test_libraries_are_asked_for_what_stands_around_an_update(open_page):
    """Of PyTorch it is a line or a wrapper, of Keras an argument, of optax a transformation."""
    code = {key: text_of(open_page(f"kind=modifiers&entry={key}")) for key in MODIFIERS}
    assert "torch.nn.utils.clip_grad_norm_(params, 1.0)" in code["clip_norm"]
    assert "optax.clip_by_global_norm(1.0)" in code["clip_norm"]
    assert re.search(r"keras\.optimizers\.SGD\(.*, clipvalue=1\.0\)", code["clip_value"])
    assert "optax.lookahead(optimizer, sync_period=5, slow_step_size=0.5)" in code["lookahead"]


def test_defaults_stand_side_by_side_and_say_where_they_differ(open_page):
    at = open_page(f"entry={SEVERAL.key}")
    (table,) = [m.value for m in at.markdown if m.value.startswith(f"| {EN['hyper']}")]
    head, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines())
    assert head[1:] == ["PyTorch", *("The book" if key == "book" else DIALECTS[key].en for key in SEVERAL.dialects)]
    for hyper, row in zip(SEVERAL.hypers, rows, strict=True):
        for key, cell in zip(SEVERAL.dialects, row[2:], strict=True):
            spoken = SEVERAL.spoken(key)
            if cell in ("–", EN["required"]):
                continue
            assert cell.startswith("**") == (spoken.defaults[hyper.name] != hyper.default), (hyper.name, key)
            assert float(cell.strip("*").replace("−", "-")) == spoken.defaults[hyper.name]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_may_come_in_any_number_is_told_once(open_page, lang):
    at = open_page("kind=schedules&entry=piecewise", lang=lang)
    (table,) = [m.value for m in at.markdown if "γ₄" in m.value]
    _, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines())
    record = SCHEDULES["piecewise"]
    assert len(rows) == len(once(record.hypers)) + 1
    assert [row[1] for row in rows] == ["50", "120", "0.2", "0", "250", "1", "400, 1 …"]
    assert rows[-1][0] == "t₄, γ₄ …"


def test_a_default_beyond_what_there_is_here_is_told_with_ours(open_page):
    (row,) = [line for line in text_of(open_page("entry=lbfgs")).splitlines() if line.startswith("| m\u2002")]
    assert [cell.strip() for cell in row.strip("|").split("|")[1:]] == ["**100** (here 3)", "**10** (here 3)"]
    for key, record in OPTIMIZERS.items():
        for hyper in record.hypers:
            for source, value in hyper.beyond.items():
                cell = EN["default_beyond"].format(theirs=controls.spell(value), here=controls.spell(hyper.default))
                assert f" {cell} |" in text_of(open_page(f"entry={key}")), (source, hyper.name)


def test_two_dialects_are_two_paths_on_one_surface(open_page):
    at = open_page(f"entry={APART.key}")
    at.selectbox(key="catalogue.ground").set_value("rosenbrock").run()
    (chart,) = at.get("plotly_chart")
    lines = [t for t in json.loads(chart.proto.spec)["data"] if t.get("mode") == "lines"]
    forms = [key for key, d in APART.dialects.items() if d.update or d.defaults]
    assert [line["name"] for line in lines] == ["PyTorch", DIALECTS[forms[0]].en]
    (before,) = [c.value for c in at.caption if c.value.startswith(EN["forms_apart"][:20])]
    at.selectbox(key=f"catalogue.{APART.key}.form1").set_value("pytorch").run()
    assert EN["forms_same"].format(steps=SURFACES["rosenbrock"].steps) in [c.value for c in at.caption]
    assert before not in [c.value for c in at.caption]
    assert not open_page(f"entry={ALONE.key}").get("plotly_chart")


def test_what_stands_around_a_run_is_shown_without_it_and_with_it(open_page):
    lines = {}
    for entry in ("modifiers&entry=clip_norm", "stops&entry=loss_value"):
        at = open_page(f"kind={entry}", "ko")
        (chart,) = at.get("plotly_chart")
        lines[entry] = [t for t in json.loads(chart.proto.spec)["data"] if t.get("mode") == "lines"]
        assert len({line["name"] for line in lines[entry]}) == 2
        assert all(f"**{line['name']}**" in text_of(at) for line in lines[entry])
    bare, clipped = lines["modifiers&entry=clip_norm"]
    scene = Scene("bowl", runners=(Runner("sgd", {"lr": SURFACES["bowl"].rate_for(OPTIMIZERS["sgd"])}),))
    np.testing.assert_allclose(values_of(bare), scene.run(scene.runners[0]).x[:, 0])
    runner = replace(scene.runners[0], modifiers={"clip_norm": {"norm": 1.0}})
    np.testing.assert_allclose(values_of(clipped), scene.run(runner).x[:, 0])

    spends = open_page("kind=stops&entry=evaluation_budget")
    (chart,) = spends.get("plotly_chart")
    free, spent = [values_of(t) for t in json.loads(chart.proto.spec)["data"] if t.get("mode") == "lines"]
    surface = SURFACES[spends.selectbox(key="catalogue.ground").value]
    assert abs(free[-1] - spent[-1]) > 0.05 * surface.size, (
        "a budget that ends a run which has long arrived shows nothing"
    )

    bare, ended = lines["stops&entry=loss_value"]
    run = replace(scene, steps=1000, stops={"loss_value": STOPS["loss_value"].bound.default}).run(scene.runners[0])
    assert 0 < run.stopped < 100
    kept = values_of(ended)
    np.testing.assert_allclose(kept[: run.stopped + 1], values_of(bare)[: run.stopped + 1])
    assert set(kept[run.stopped :]) == {kept[-1]}
    at.selectbox(key="catalogue.ground").set_value("rosenbrock").run()
    assert not at.exception
    assert entry_of(at) == Entry("stops", "loss_value")


def values_of(line):
    """The x of a line as Plotly is sent them, without the gap behind its end."""
    axis = line["x"]
    values = np.frombuffer(base64.b64decode(axis["bdata"]), axis["dtype"]) if isinstance(axis, dict) else axis
    return np.array(values, float)[:-1]


# --- getting about -------------------------------------------------------------------------------------------------


def test_the_list_and_the_tree_link_to_every_entry(open_page):
    at = open_page()
    index, tree = html_of(at)
    for html in (index, tree):
        names = re.findall(r'data-name="([^"]+)"', html)
        assert sorted(names) == sorted(f"optimizers/{key}" for key in OPTIMIZERS)
        assert html.count("aria-current") == 1
        assert f'href="?kind=optimizers&amp;entry={first().key}"' in html


def test_a_click_shows_an_entry_and_a_strange_one_changes_nothing(open_page):
    at = open_page()
    other = next(entry for entry in every("optimizers") if entry != first())
    pick(at, 1, f"optimizers/{other.key}")
    assert entry_of(at) == other
    assert {name: at.query_params[name] for name in ("kind", "entry")} == link(other)
    for strange in ("optimizers/warp", "surfaces/", "", "x" * 9999, 3, None, ["optimizers"]):
        pick(at, 0, strange)
        assert entry_of(at) == other


def test_tabs_open_a_kind_and_search_looks_through_all(open_page):
    at = open_page()
    at.button_group(key=TABS).set_value("surfaces").run()
    assert entry_of(at) == first_of("surfaces")
    assert [e.key for e in every("surfaces")] == re.findall(r'data-name="surfaces/(\w+)"', html_of(at)[0])
    for word in ("2018", "gradient"):
        at.text_input(key="catalogue.search").set_value(word).run()
        names = [f"{entry.kind}/{entry.key}" for entry in found(word)]
        assert re.findall(r'data-name="([\w/]+)"', html_of(at)[0]) == names
    assert {name.partition("/")[0] for name in names} == set(KINDS)
    at.text_input(key="catalogue.search").set_value("<img src=x onerror=alert(1)>").run()
    assert EN["nothing_found"] in [c.value for c in at.caption]
    assert "onerror" not in "".join(html_of(at))


def test_search_answers_while_one_types_and_opens_the_only_match(open_page, go_back):
    at = open_page()
    box = at.text_input(key="catalogue.search")
    assert box.proto.live_debounce_ms >= 0
    assert box.proto.HasField("live_debounce_ms")
    word, shown = "rosenbrock 1960", first()
    for i in range(1, len(word) + 1):
        before = dict(at.query_params)
        at.text_input(key="catalogue.search").set_value(word[:i]).run()
        matches = found(word[:i])
        shown = matches[0] if len(matches) == 1 else shown
        assert entry_of(at) == shown
        assert (dict(at.query_params) == before) == (len(matches) != 1 or before == {**link(shown), "lang": "en"})
    assert entry_of(at) == Entry("surfaces", "rosenbrock")
    assert 'aria-current="page"' in html_of(at)[0]
    go_back(at, {"lang": "en"})
    assert entry_of(at) == first()
    at.text_input(key="catalogue.search").set_value("zzz").run()
    assert entry_of(at) == first()


# --- to the race ---------------------------------------------------------------------------------------------------


def race_it(at, entry):
    at.button(key=f"catalogue.{entry.kind}.{entry.key}.race").click().run()
    assert not at.exception
    return at.session_state[session.SCENE]


@pytest.mark.parametrize(
    "entry",
    [
        *(Entry("optimizers", "lion"), Entry("schedules", "cosine"), Entry("surfaces", "beale")),
        *(Entry("modifiers", "lookahead"), Entry("stops", "gradient_norm")),
    ],
)
def test_race_it(open_page, entry):
    scene = race_it(open_page(query_of(entry)), entry)
    if entry.kind == "surfaces":
        assert scene.surface == entry.key
        assert [r.optimizer for r in scene.runners] == [r.optimizer for r in RACE.runners]
        assert all(r.hypers["lr"] == entry.record.rate_for(r.record) for r in scene.runners)
        return
    assert scene.surface == RACE.surface
    if entry.kind == "stops":
        assert scene == replace(RACE, stops={entry.key: entry.record.bound.default})
        return
    assert scene.runners[:-1] == RACE.runners
    new = scene.runners[-1]
    assert new.hypers["lr"] == RACE.record.rate_for(new.record)
    if entry.kind == "optimizers":
        assert (new.optimizer, new.plan) == (entry.key, Plan())
    elif entry.kind == "modifiers":
        assert dict(new.modifiers) == {entry.key: entry.record.defaults}
        assert (new.optimizer, new.plan) == ("sgd", Plan())
    else:
        assert new.plan == Plan(entry.key)


def test_an_optimizer_joins_under_the_schedule_that_all_share(open_page):
    at = open_page("entry=lion")
    at.session_state[session.SCENE] = replace(RACE, shared=Plan("cosine"))
    scene = race_it(at, Entry("optimizers", "lion"))
    assert scene.shared == Plan("cosine")
    assert scene.runners[-1].optimizer == "lion"


def test_a_rule_joins_those_that_the_race_has(open_page):
    (own, other) = list(STOPS)[:2]
    at = open_page(f"kind=stops&entry={other}")
    at.session_state[session.SCENE] = replace(RACE, stops={own: 7.0})
    assert dict(race_it(at, Entry("stops", other)).stops) == {own: 7.0, other: STOPS[other].bound.default}


def test_reading_the_catalogue_leaves_the_race_alone(visit, open_page, go_back):
    at = visit("surface=himmelblau&r=adam~lr~0.07&steps=77")
    before = at.session_state[session.SCENE]
    at.query_params = {}
    at.switch_page("pages/catalogue/page.py").run()
    go_back(at, parse_qs("kind=surfaces&entry=beale"))
    assert entry_of(at) == Entry("surfaces", "beale")
    assert at.session_state[session.SCENE] == before
