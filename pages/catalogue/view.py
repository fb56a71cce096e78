"""An entry of the catalogue: what a record knows of itself, laid out to be read."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import streamlit as st

from core import OPTIMIZERS, Runner, Scene
from core.export.code import LIBRARIES, asked
from core.figures.family import Member, family
from core.notation import statements
from core.scene import DIALECTS, OURS, OWN, source_of
from core.spec import Hyper, Modifier, Optimizer, Schedule, Stop, Surface, once
from core.spec.spelling import template
from pages.catalogue import paths
from pages.catalogue.entries import Entry, link
from pages.catalogue.links import attributes, links
from pages.shared import controls, families, programs, to_race, trial, trial_picture
from pages.shared.cache import run_of
from pages.shared.verdicts import number, point, verdict
from pages.shared.words import language, say, t

SPELLED = {**{key: LIBRARIES[key] for key in DIALECTS if key in LIBRARIES}, "pytorch_optimizer": "pytorch_optimizer"}
Method = Optimizer | Schedule | Modifier  # what sources write, each in its own form
GIVEN = "optax"  # has no default learning rate: it must be given
BOOK = "book"
DIGITS = 12  # of a lowest value: what lies behind them is rounding
MOST = 8  # minima that are listed
ENOUGH = 1000  # steps in which a rule comes to hold
NAMED = 4  # optimizers of a family that are
SAME = 1e-12  # paths no further apart than this share of the map are one path
CSS = (
    '[class*="st-key-formula"] .katex-display{text-align:left!important;margin:.1rem 0 .4rem;padding-right:.4rem}'
    '[class*="st-key-formula"] .katex-display{overflow-x:auto;overflow-y:hidden}'
    '[class*="st-key-formula"] .katex-display>.katex{text-align:left!important}'
    '[class*="st-key-formula"] .stMarkdown>div{margin-left:0!important}'
    '[data-testid="stLayoutWrapper"]:has(>.st-key-formula){flex:none;height:auto}'
    '@media (max-width:480px){[class*="st-key-formula"] .katex-display>.katex{font-size:1em}}'
    '.stMain [data-testid="stMarkdownContainer"]:has(>table){overflow-x:auto}'
    ".st-key-entry-head{flex-wrap:wrap}"
    '.st-key-catalogue-bar,.st-key-catalogue-bar [role="radiogroup"]{flex-wrap:wrap;overflow:visible}'
    "@media print{.st-key-catalogue-bar{display:none}.stElementContainer.st-key-catalogue-tree{break-inside:auto!important}}"
)


def draw(entry: Entry, pick: Callable[[str], None]) -> None:
    """The whole entry. pick(name) is called with a member of the family tree that was clicked."""
    st.html(f"<style>{CSS}</style>")
    record = entry.record
    if isinstance(record, Optimizer):
        _optimizer(entry, record, pick)
    elif isinstance(record, Schedule):
        _schedule(entry, record)
    elif isinstance(record, Surface):
        _surface(entry, record)
    elif isinstance(record, Modifier):
        _modifier(entry, record)
    else:
        _stop(entry, record)


def _optimizer(entry: Entry, record: Optimizer, pick: Callable[[str], None]) -> None:
    runner = Runner(record.key, {"lr": Scene().record.rate_for(record)})
    _head(entry, Scene(runners=(runner,)), new=runner)
    _formula(record.latex)
    st.markdown(say(record.about))
    st.caption(f"**{families.names()[record.family]}** · {families.meanings()[record.family]}")
    links(_tree(record.key), "catalogue.tree", pick)
    _libraries(record)
    _dialects(record)
    _source(record)


def _schedule(entry: Entry, record: Schedule) -> None:
    tried = trial.first().choose([record.key])
    runner = tried.under(tried.plans[0])
    _head(entry, Scene(tried.scene.surface, runners=(runner,)), new=runner)
    words, picture = st.columns(2, gap="medium")
    with words:
        _formula(record.latex)
        st.markdown(say(record.about))
        _libraries(record)
        st.page_link(
            "pages/schedules/page.py",
            label=t("try_schedule"),
            icon=":material/show_chart:",
            query_params=trial.write(tried),
        )
    picture.plotly_chart(
        trial_picture.figure(tried, height=400), key=f"catalogue.{entry.key}", config={"displayModeBar": False}
    )
    _source(record)


def _surface(entry: Entry, record: Surface) -> None:
    _head(entry, Scene(surface=record.key, runners=(_plain(record),)), surface=record.key)
    words, picture = st.columns(2, gap="medium")
    with words:
        _formula(record.latex)
        st.markdown(say(record.teaches))
        st.markdown(_rates(record))
        st.caption(t("surface_steps", steps=record.steps, start=point(record.start)))
        st.markdown(_minima(record))
    paths.draw(picture, record.key, f"catalogue.{entry.key}", height=440)
    _code(record.value, record.gradient, record.hessian, *([record.samples.gradient] if record.samples else []))


def _modifier(entry: Entry, record: Modifier) -> None:
    runner = replace(_plain(), modifiers={record.key: {}})
    _head(entry, Scene(runners=(runner,)), new=runner)
    _formula(record.latex)
    st.markdown(say(record.about))
    _effect(entry)
    _libraries(record)
    _source(record)


def _stop(entry: Entry, record: Stop) -> None:
    rule = {record.key: record.bound.default}
    _head(entry, Scene(runners=(_plain(),), stops=rule), stops=rule)
    _formula(record.latex)
    st.markdown(say(record.about))
    st.markdown(_table([t("hyper"), say(OWN)], [[controls.label(record.bound), controls.spell(record.bound.default)]]))
    _effect(entry)
    _code(record.holds)


# --- parts of an entry ---------------------------------------------------------------------------------


def _plain(surface: Surface | None = None) -> Runner:
    """Gradient descent, at the rate that a surface recommends."""
    plain = OPTIMIZERS[trial.PLAINEST]
    return Runner(plain.key, {"lr": (surface or Scene().record).rate_for(plain)})


def _head(
    entry: Entry,
    scene: Scene,
    new: Runner | None = None,
    surface: str | None = None,
    stops: Mapping[str, float] | None = None,
) -> None:
    """Name, source, and what can be done with it."""
    with st.container(horizontal=True, vertical_alignment="center", key="entry-head"):
        st.subheader(say(entry.name), anchor=False, width="stretch")
        if st.button(t("code_short"), icon=":material/code:", key=f"catalogue.{entry.kind}.{entry.key}.code"):
            programs.show(scene, scene.runners[0])
        to_race.button(f"catalogue.{entry.kind}.{entry.key}.race", new, surface, stops)
    facts = [str(s.year), s.authors, f"[{s.title}]({s.url})"] if (s := entry.source) else []
    if isinstance(entry.record, Schedule):
        facts.append(trial_picture.follows(entry.record))
    if facts:
        st.caption(" · ".join(facts))


def _formula(latex: str) -> None:
    """A formula, part under part, so that it is no wider than it must be."""
    with st.container(key="formula"):
        st.latex(r"\begin{aligned} & " + r" \\[.3em] & ".join(statements(latex)) + r" \end{aligned}")


def _libraries(record: Method) -> None:
    """Defaults side by side, what differs, and how each library is asked for it."""
    spoken = _spoken(record)
    if record.hypers:
        rows = [_row(h, spoken) for h in once(record.hypers)]
        st.markdown(_table([t("hyper"), *spoken], [*rows, *_others(record.hypers, spoken)]))
        if BOOK in record.dialects:
            st.caption(t("book_schedules") if isinstance(record, Schedule) else t("book_optimizers"))
    if record.differs:
        st.markdown(f"#### {t('differs')}")
        names = {**{key: say(name) for key, name in DIALECTS.items()}, **SPELLED}
        st.markdown("\n".join(f"- **{_upper(names[key])}** – {say(text)}" for key, text in record.differs.items()))
    lines = [f"# {name}\n{line}" for key, name in SPELLED.items() if (line := _asked(record, key))]
    if lines:
        st.markdown(f"#### {t('spelling')}")
        st.code("\n\n".join(lines), language="python", wrap_lines=True)


def _asked(record: Method, library: str) -> str:
    """The line by which a library is asked for it."""
    line = asked(record, library)
    if isinstance(record, Modifier) and line and "(" not in line:  # it is an argument of the library's optimizers
        line = f"{asked(OPTIMIZERS[trial.PLAINEST], library).removesuffix(')')}, {line})"
    return line


def _spoken(record: Method) -> dict[str, tuple[str, Method]]:
    """Heading -> source and record, for every source whose defaults are known."""
    found: dict[str, tuple[str, Method]] = {_form(record, OURS): (OURS, record)}
    for key, dialect in record.dialects.items():
        if isinstance(record, Optimizer) or dialect.defaults:
            found[_form(record, key)] = (key, record.spoken(key))
    return found


def _form(record: Method, source: str) -> str:
    """Whose form of a method it is, as a heading."""
    return _upper(say(source_of(record, source)))


def _row(hyper: Hyper, spoken: Mapping[str, tuple[str, Method]]) -> list[str]:
    """A hyperparameter: its default in every source, bold where it is not that of the first."""
    cells = []
    for source, record in spoken.values():
        value = record.defaults[hyper.name]
        text = controls.spell(value)
        if isinstance(record, Optimizer) and source == GIVEN and hyper.name == "lr" and record.family != "unitless":
            text = t("required")
        elif source_of(record, source) is not OWN and _lacks(record, source, hyper):
            text = "–"  # the library does not have it
        elif source in hyper.beyond:
            text = t("default_beyond", theirs=controls.spell(hyper.beyond[source]), here=text)
        elif value != hyper.default:
            text = f"**{text}**"
        cells.append(text)
    return [controls.label(hyper), *cells]


def _lacks(record: Method, source: str, hyper: Hyper) -> bool:
    """Whether a library that has a method has nothing that this would set."""
    spelling = template(getattr(record, source, ""), record.defaults)
    return bool(spelling) and f"{{{hyper.name}}}" not in spelling


def _others(hypers: Sequence[Hyper], spoken: Mapping[str, tuple[str, Method]]) -> list[list[str]]:
    """What may come in any number, beyond the first: the next one, and so on."""
    more = [hyper for hyper in hypers if hyper not in once(hypers)]
    following = [hyper for hyper in more if hyper.nth == more[0].nth]
    if not following:
        return []

    def told(cell: Callable[[Hyper], str]) -> str:
        return f"{', '.join(map(cell, following))} …"

    def defaults(record: Method) -> str:
        return told(lambda hyper: controls.spell(record.defaults[hyper.name]))

    return [[told(lambda hyper: hyper.symbol), *(defaults(record) for _, record in spoken.values())]]


def _source(record: Method) -> None:
    """The very code that runs here, and that of each source which writes it otherwise."""
    forms: dict[Callable[..., object], list[str]] = {record.formula: [_form(record, OURS)]}
    for key, dialect in record.dialects.items():
        if dialect.update:
            forms.setdefault(dialect.update, []).append(say(DIALECTS[key]))
    st.markdown(f"#### {t('source_code')}")
    tabs = st.tabs([_upper(", ".join(names)) for names in forms.values()]) if len(forms) > 1 else [st.container()]
    for tab, formula in zip(tabs, forms, strict=True):
        tab.code(inspect.getsource(formula), language="python")


def _code(*functions: Callable[..., object]) -> None:
    """The very code that runs here."""
    st.markdown(f"#### {t('source_code')}")
    st.code("\n\n".join(inspect.getsource(function) for function in functions), language="python")


def _dialects(record: Optimizer) -> None:
    """Two sources' forms of one optimizer, as paths over one surface."""
    forms = [OURS, *(key for key, dialect in record.dialects.items() if dialect.update or dialect.defaults)]
    if len(forms) < 2:
        return
    st.markdown(f"#### {t('dialects')}")
    choice, picture = st.columns([2, 3], gap="medium")
    scene = Scene(surface=paths.ground())
    chosen = [paths.chosen(f"{record.key}.form{i}", forms[i]) for i in range(2)]
    with choice:
        paths.choose_ground(scene.record.key)
        for i, form in enumerate(chosen):
            controls.choice(
                t("form") if i == 0 else t("other_form"),
                forms,
                f"catalogue.{record.key}.form{i}",
                form,
                paths.keep(f"{record.key}.form{i}"),
                lambda form: _form(record, form),
            )
        runners = [Runner(record.key, {"lr": scene.record.rate_for(record)}).in_dialect(form) for form in chosen]
        found = [run_of(scene, runner).x for runner in runners]
        st.caption(_apart(found, scene))
    named = [(_form(record, form), path) for form, path in zip(chosen, found, strict=True)]
    paths.draw(picture, scene.record.key, "catalogue.dialects", named)


def _effect(entry: Entry) -> None:
    """The run of gradient descent on a surface, and the same with what the entry is about; what happened to either."""
    st.markdown(f"#### {t('effect')}")
    choice, picture = st.columns([2, 3], gap="medium")
    if isinstance(entry.record, Stop):
        stopped = _under(entry.record, paths.ground(_telling(entry.record)))
        bare, plain = replace(stopped, stops={}), stopped.runners[0]
        other = stopped, plain
    else:
        bare = Scene(surface=paths.ground())
        plain = _plain(bare.record)
        other = bare, replace(plain, modifiers={entry.key: {}})
    named = []
    with choice:
        paths.choose_ground(bare.record.key)
        for name, (scene, runner) in (
            (plain.record.name, (bare, plain)),
            (f"{plain.record.name}, {say(entry.name)}", other),
        ):
            run = run_of(scene, runner)
            st.markdown(f"**{name}**")
            st.caption(verdict(scene, runner, run))
            named.append((name, run.x))
    paths.draw(picture, bare.record.key, "catalogue.effect", named)


def _under(rule: Stop, surface: str) -> Scene:
    """Gradient descent on a surface, long enough for a rule to end it."""
    bare = Scene(surface=surface, steps=ENOUGH, stops={rule.key: rule.bound.default})
    return replace(bare, runners=(_plain(bare.record),))


def _telling(rule: Stop) -> str:
    """A surface on which a rule ends the run before it arrives, where there is no need to look far; else the first."""
    for surface in (paths.FIRST, paths.SLOW):
        scene = _under(rule, surface)
        if run_of(scene, scene.runners[0]).outcome == "stopped":
            return surface
    return paths.FIRST


def _apart(found: list[np.ndarray], scene: Scene) -> str:
    """How far two paths come apart, in a sentence."""
    with np.errstate(all="ignore"):
        gaps = np.nan_to_num(np.hypot(*(found[0] - found[1]).T), posinf=0.0)
    step = int(np.argmax(gaps))
    if gaps[step] <= SAME * scene.record.size:
        return t("forms_same", steps=scene.length)
    return t("forms_apart", distance=number(float(gaps[step])), step=step)


# --- tables and pictures ---------------------------------------------------------------------------------


def _tree(current: str) -> str:
    members = [Member(o.key, o.name, o.paper.year, o.parent) for o in OPTIMIZERS.values()]
    return family(members, current, lambda key: attributes(f"optimizers/{key}", link(Entry("optimizers", key))))


def _rates(record: Surface) -> str:
    names = families.names()
    rows = [[f"{names[kin]}: {_members(kin)}", controls.spell(rate)] for kin, rate in record.rates.items()]
    return _table([t("runner"), t("surface_rate")], rows)


def _members(family: str) -> str:
    """The best known of a family, and how many more there are."""
    own = [key for key, o in OPTIMIZERS.items() if o.family == family]
    names = [OPTIMIZERS[key].name for key in (*families.taught(own), *families.others(own))]
    rest = len(names) - NAMED
    return ", ".join([*names[:NAMED], t("and_more", number=rest)] if rest > 1 else names)


def _minima(record: Surface) -> str:
    if not record.minima:
        return t("no_minima")
    rows = [[point(minimum), number(round(float(record.value(*minimum)), DIGITS))] for minimum in record.minima[:MOST]]
    if len(record.minima) > MOST:
        rows.append([t("and_more", number=len(record.minima) - MOST), ""])
    return _table([t("minimum"), "f"], rows)


def _table(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))


def _upper(name: str) -> str:
    """With a capital where a heading begins."""
    return name[:1].upper() + name[1:] if language() == "en" and name.startswith("the ") else name
