"""The pages for those who hear them, and for those who have no mouse: names, contrast, and where Tab leads."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import streamlit
from browser.conftest import PATIENCE, STILL, at_rest, lead, new_page, pictured

from core.presets import PRESETS
from core.text import TABLES
from pages.shared.foreign import WORDS

pytestmark = pytest.mark.browser

WIDE, PHONE = {"width": 1400, "height": 900}, {"width": 390, "height": 844}
CONTROLS = {
    *("button", "checkbox", "combobox", "link", "menuitem", "radio"),
    *("searchbox", "slider", "spinbutton", "switch", "tab", "textbox"),
}
LOOKS = (("en", "light"), ("ko", "dark"))
PICTURE = ".dl-stage, .dl-step-map, .dl-field, .dl-film, .dl-graph, .stPlotlyChart"
POPOVER, SIDEBAR = "[data-testid=stPopoverBody]", "[data-testid=stSidebar]"
Act = Callable[[Any], None]


def press(selector: str) -> Act:
    """A click on the first that is to be seen."""
    return lambda page: page.locator(f"{selector}:visible").first.click()


def key(name: str) -> Act:
    return lambda page: page.keyboard.press(name)


CARDS, TUNING = ".st-key-presets-open button", ".st-key-tuning-open button"
UNFOLD, SETTINGS = "[class*=st-key-head-card-] button", ".st-key-settings-open button"
FOLD, EXPAND = "[data-testid=stSidebarCollapseButton] button", "[data-testid=stExpandSidebarButton]"
ESCAPE = key("Escape")
LEADING = {"settings of a runner"}  # from where the next state is reached; from any other one gets on by Escape
# Name -> address, and what is done there, each from where the one before has led. Looked at after each.
TOURS: dict[str, tuple[str, dict[str, tuple[Act, ...]]]] = {
    "race": (
        "?",
        {
            "scene": (press(SETTINGS),),
            "presets": (ESCAPE, press(CARDS)),
            "tuning": (ESCAPE, press(TUNING), press(".st-key-best-each button")),
            "settings of a runner": (ESCAPE, press(UNFOLD)),
            "code": (press("[class*=-code].stElementContainer button"),),
            "one runner hidden": (ESCAPE, press(".dl-legend button")),
            "folded": (ESCAPE, lambda page: page.locator(SIDEBAR).hover(), press(FOLD)),
        },
    ),
    "race, a runner twice": ("?r=adam&r=sgd&r=sgd~lr~0.01", {}),
    "race, a function of one's own": ("?surface=expression&f=x%5E2%20%2B%20y%5E2&r=sgd", {}),
    "race, nobody runs": ("?surface=beale", {}),
    "anatomy": ("anatomy?", {}),
    "maps": ("maps?", {}),
    "maps, starting points": ("maps?map=starts", {}),
    "schedules": ("schedules?", {}),
    "networks": (
        "networks?",
        {
            "network": (press(".st-key-net-network-open button"),),
            "cards": (ESCAPE, press(".st-key-net-cards-open button")),
        },
    ),
    "networks, digits": ("networks?dataset=digits&layers=16&epochs=5&tab=images", {}),
    "networks, landscape": ("networks?tab=landscape&layers=4&epochs=10", {}),
    "catalogue": ("catalogue?entry=adam", {}),
    "catalogue, schedule": ("catalogue?kind=schedules&entry=cosine", {}),
    "catalogue, surface": ("catalogue?kind=surfaces&entry=himmelblau", {}),
    "catalogue, around an update": ("catalogue?kind=modifiers&entry=clip_norm", {}),
}


def looks(tour: str) -> tuple[tuple[str, str], ...]:
    """A page in all of them; what else it shows, by turns."""
    i = list(TOURS).index(tour)
    return LOOKS[i % 2 : i % 2 + 1] if "," in tour else LOOKS


SHOWS = {  # path -> what stands on the page when it is complete
    "": ".dl-stage[data-drawn]",
    "anatomy": ".dl-panels svg",
    "maps": ".dl-field canvas",
    "schedules": ".js-plotly-plot",
    "networks": ".dl-film[data-drawn] canvas",
    "catalogue": "nav a[data-name]",
}


def settle(page: Any) -> None:
    """Wait until the page is at rest, and the browser has had nothing to add or to move for a while."""
    deadline = time.monotonic() + PATIENCE / 1000
    sizes: list[int] = []
    while len(sizes) < 3 or len(set(sizes[-3:])) > 1:
        page.wait_for_timeout(80)
        still = at_rest(page) and page.evaluate(STILL)
        sizes.append(page.evaluate("document.querySelectorAll('*').length") if still else -len(sizes))
        assert time.monotonic() < deadline, "the page does not come to rest"


@pytest.fixture(scope="module")
def axe() -> str:
    """The script of axe-core."""
    found = find_spec("axe_playwright_python")
    assert found is not None, "the tests of access need axe-playwright-python"
    return Path(str(found.origin)).with_name("axe.min.js").read_text("utf-8")


@pytest.fixture
def opened(flat: Any, server: str) -> Iterator[Callable[..., Any]]:
    """opened(address, language, ...): a new tab; options are those of a browser context."""
    pages = []

    def opened(address: str, language: str, **options: Any) -> Any:
        calm = {"viewport": WIDE, "locale": "en-US", "reduced_motion": "reduce"}
        page = new_page(flat, **{**calm, **options})
        pages.append(page)
        page.goto(f"{server}/{address}&lang={language}".replace("?&", "?"))
        page.wait_for_selector(SHOWS[address.partition("?")[0]], timeout=PATIENCE)
        settle(page)
        return page

    yield opened
    for page in pages:
        page.close()


@pytest.fixture(scope="module")
def led(flat: Any, server: str) -> Iterator[Callable[..., Any]]:
    """led(address, language, theme): the tab of that language and theme, led there."""
    tabs: dict[tuple[str, str], Any] = {}

    def led(address: str, language: str, theme: str) -> Any:
        there = f"{address}&lang={language}".replace("?&", "?")
        if (language, theme) not in tabs:
            tab = new_page(flat, viewport=WIDE, locale="en-US", reduced_motion="reduce", color_scheme=theme)
            tabs[language, theme] = tab
        page = tabs[language, theme]
        lead(page, server, there)
        page.wait_for_selector(SHOWS[address.partition("?")[0]], timeout=PATIENCE)
        settle(page)
        asked, shown = (dict(parse_qsl(urlsplit(url).query)) for url in (there, page.url))
        assert {
            name: shown.get(name, value) for name, value in asked.items() if name not in ("r", "f")
        }.items() <= asked.items()
        return page

    yield led
    for page in tabs.values():
        page.close()


# --- names --------------------------------------------------------------------------------------------


def controls(page: Any) -> list[tuple[str, str]]:
    """Role and name of every control, as the browser tells them to a screen reader. A choice is named with its group."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    by_id = {node["nodeId"]: node for node in nodes}

    def told(node: Any, what: str) -> str:
        return str(node.get(what, {}).get("value", ""))

    def group(node: Any) -> str:
        while node is not None and told(node, "role") != "radiogroup":
            node = by_id.get(node.get("parentId"))
        return told(node, "name") if node else ""

    found = []
    for node in nodes:
        role, name = told(node, "role"), " ".join(told(node, "name").split())
        if role in CONTROLS and not node.get("ignored"):
            found.append((role, f"{group(node)}: {name}" if role == "radio" else name))
    return found


def misnamed(page: Any, language: str) -> list[str]:
    """What is wrong with the names of the controls: each has one, of its own, that says what it does and to whom."""
    found = controls(page)
    assert len(found) > 5
    names = Counter(name for _, name in found)
    wrong = [f"{name}: said by {count}" for name, count in names.items() if count > 1]
    wrong += [f"a {role} without a name" for role, name in found if not name]
    wrong += [f"{name}: not words" for name in names if re.search(r" icon$|[*`]", name)]
    halves = [name[: len(name) // 2].strip() for name in names if len(name) > 1]
    wrong += [f"{half}: said twice" for half in halves if f"{half} {half}" in names]
    if language != "en":
        theirs = re.compile("|".join(re.sub(r"\\\{\w+\\\}", ".+", re.escape(word)) for word in WORDS))
        wrong += [f"{name}: as Streamlit says it" for name in names if theirs.fullmatch(name)]
    return wrong


# --- light and dark ----------------------------------------------------------------------------------


READABLE = """() => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = colour === "none" ? "transparent" : colour;
    pen.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const filled = (e) => {
    const { fill, fillOpacity } = getComputedStyle(e);
    return rgba(fill).map((v, i) => (i === 3 ? v * fillOpacity : v));
  };
  const up = (e) => e.parentElement ?? e.getRootNode().host ?? null;
  const ancestors = (e) => { const found = []; for (; e; e = up(e)) found.push(e); return found; };
  const paper = rgba(getComputedStyle(document.querySelector(".stApp")).backgroundColor);
  // What lies under a text: the backgrounds of all around it whose box holds its middle.
  const ground = (e, box) => {
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const beside = e.ownerSVGElement && e.parentElement.querySelector(":scope > rect");
    const layers = beside ? [filled(beside).map((v, i) => (i === 3 ? v * getComputedStyle(beside).opacity : v))] : [];
    for (const a of ancestors(e)) {
      const own = a.getBoundingClientRect();
      const colour = rgba(getComputedStyle(a).backgroundColor);
      if (colour[3] && own.left <= x && x <= own.right && own.top <= y && y <= own.bottom) layers.push(colour);
    }
    return layers.reverse().reduce((under, colour) => over(colour, under), paper);
  };
  const light = (colour) => {
    const [r, g, b] = colour.slice(0, 3).map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  let count = 0;
  const faint = new Set();
  const look = (root) => {
    const nodes = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    while (nodes.nextNode()) {
      const node = nodes.currentNode;
      if (node.shadowRoot) look(node.shadowRoot);
      const e = node.parentElement;
      if (node.nodeType !== Node.TEXT_NODE || !node.data.trim() || !e?.checkVisibility({ visibilityProperty: true })) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const box = range.getBoundingClientRect();
      const around = ancestors(e);
      const opacity = around.reduce((product, a) => product * getComputedStyle(a).opacity, 1);
      if (box.width < 2 || box.height < 2 || !opacity || around.some((a) => a.inert || a.clientWidth === 1)) continue;
      if (around.some((a) => a.disabled || a.dataset?.disabled === "true")) continue; // what cannot be used may fade
      const ink = e.ownerSVGElement ? filled(e) : rgba(getComputedStyle(e).color);
      ink[3] *= opacity;
      const under = ground(e, box);
      const [dim, bright] = [light(over(ink, under)), light(under)].sort((a, b) => a - b);
      const needed = e.closest("[data-testid=stIconMaterial]") ? 3 : 4.5; // an icon is a picture
      const ratio = (bright + 0.05) / (dim + 0.05);
      count++;
      const told = `${ratio.toFixed(2)} ${node.data.trim().slice(0, 40)} <${e.localName} ${e.getAttribute("class") ?? ""}>`;
      if (ratio < needed) faint.add(told);
    }
  };
  look(document.body);
  return [count, [...faint]];
}"""


def faint(page: Any) -> list[str]:
    """Texts with less than 4.5 to 1 against what they stand on, as WCAG 2 asks of text (1.4.3)."""
    page.mouse.move(0, 0)
    pictured(page)
    page.wait_for_function(STILL)
    count, found = page.evaluate(READABLE)
    assert count > 20
    return list(found)


# --- axe -----------------------------------------------------------------------------------------------

GRAVE = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"], rules: { "color-contrast": { enabled: false } } });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`));
}"""  # contrast is measured above, within charts too


# Whether the focus is on the picture; where the first stop of a page is, and what lies over it.
REACHED = "s => document.activeElement === document.querySelector(s)"
ON_TOP = "([x, y]) => document.elementFromPoint(x, y).matches('a:focus, a:focus *')"


TOP = """() => {
  const top = Object.assign(document.createElement("i"), { tabIndex: -1 });
  document.body.prepend(top);
  top.focus();
  top.onblur = () => top.remove();
}"""


def skip(page: Any, language: str) -> None:
    """The first stop leads past everything to the picture, and can be seen."""
    page.evaluate(TOP)  # as where a page has just been opened
    page.keyboard.press("Tab")
    link = page.locator("a:focus")
    assert link.inner_text() == TABLES[language]["st_skip"]
    box = link.bounding_box()
    assert page.evaluate(ON_TOP, [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])
    page.keyboard.press("Enter")
    assert page.evaluate(REACHED, PICTURE)


@pytest.mark.parametrize(("tour", "look"), [(tour, look) for tour in TOURS for look in looks(tour)])
def test_a_page_can_be_heard_and_read(led, axe, tour, look):
    (address, acts), (language, theme) = TOURS[tour], look
    page = led(address, language, theme)
    skip(page, language)
    page.evaluate(f"{axe};0")
    found = {}

    def look_at(state: str) -> None:
        wrong = [*misnamed(page, language), *faint(page), *page.evaluate(GRAVE)]
        if wrong:
            found[state] = wrong

    look_at("as it opens")
    for i, (state, done) in enumerate(acts.items()):
        looked_at = i % 2 == LOOKS.index(look)  # what is folded out, in one of them
        if looked_at or state in LEADING:
            for act in done:
                act(page)
                settle(page)
        if looked_at:
            look_at(state)
    assert found == {}


def test_a_phone_can_be_heard_and_read(opened, axe):
    """Sliders stand under the picture there."""
    page = opened("?", "ko", viewport=PHONE, is_mobile=True, has_touch=True)
    page.evaluate(f"{axe};0")
    assert [*misnamed(page, "ko"), *faint(page), *page.evaluate(GRAVE)] == []


def test_a_narrow_navigation_is_in_the_language_of_the_visitor(opened):
    page = opened("maps?", "ko", viewport={"width": 820, "height": 900})
    more = page.locator("[data-testid=stTopNavSection]")
    hidden = page.locator("[inert] [data-testid=stTopNavLink]")
    assert hidden.count() > 0
    assert more.inner_text() == TABLES["ko"]["st_more"].format(number=hidden.count())
    page.locator(".st-key-lang").get_by_text("English").click()
    settle(page)
    assert more.inner_text() == f"{hidden.count()} more"
    assert page.evaluate("document.documentElement.lang") == "en", "which a screen reader takes its voice from"


def test_streamlit_says_what_is_exchanged():
    """A release that says it otherwise would bring the English back."""
    scripts = Path(streamlit.__file__).parent.glob("static/static/js/*.js")
    said = "\n".join(script.read_text("utf-8", errors="replace") for script in scripts)
    fixed = [part for word in WORDS for part in re.split(r"\{\w+\}", word) if part.strip()]
    glued = {part for part in fixed if part not in said}
    assert glued <= {" — start", " — end", "Press Enter to apply"}, "put together only when they are said"
    assert [word for part in glued for word in part.split() if word not in said] == []


# --- keys ----------------------------------------------------------------------------------------------


def at(page: Any, selector: str) -> bool:
    """Whether the focus is on or within what a selector finds."""
    return bool(page.evaluate("s => Boolean(document.activeElement.closest(s))", selector))


def comes(page: Any, selector: str) -> None:
    """Wait until the focus has come there by itself, from what an act has taken away."""
    settle(page)  # what has the focus may be about to go
    page.wait_for_function("s => document.activeElement.closest(s)", arg=selector)


def focus(page: Any, selector: str, nth: int = 0) -> None:
    page.locator(selector).nth(nth).focus()


def test_keys_lead_into_what_is_folded_out_and_back(opened):
    page = opened("?", "en")
    focus(page, SETTINGS)
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{POPOVER} input")
    settle(page)
    assert at(page, SETTINGS)
    page.keyboard.press("Tab")
    assert at(page, POPOVER)
    page.keyboard.press("Shift+Tab")
    assert at(page, SETTINGS)
    stops = 0
    page.keyboard.press("Tab")
    while at(page, POPOVER):
        page.keyboard.press("Tab")
        stops += 1
        assert stops < 40
    assert stops > 5
    assert at(page, CARDS), "what stands beside the button is next"
    focus(page, f"{POPOVER} input", 2)
    page.keyboard.press("Escape")
    page.wait_for_selector(POPOVER, state="detached")
    comes(page, SETTINGS)


def test_the_focus_goes_on_from_what_an_act_takes_away(opened):
    page = opened("?", "en")
    focus(page, CARDS)
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{POPOVER} button")
    settle(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(POPOVER, state="detached")
    comes(page, CARDS)
    cards = page.locator("[class*=st-key-head-card-]")
    while count := cards.count():
        cards.nth(count // 2).locator("[class*=-remove] button:visible").last.focus()
        page.keyboard.press("Enter")
        page.wait_for_function(f"document.querySelectorAll('[class*=st-key-head-card-]').length < {count}")
        comes(page, SIDEBAR)
    page.mouse.click(700, 130)
    settle(page)
    assert not at(page, SIDEBAR), "who presses beside everything wants nothing"


def test_a_folded_sidebar_is_passed_over(opened):
    page = opened("?", "en", viewport=PHONE)
    for _ in range(8):
        page.keyboard.press("Tab")
        assert not at(page, SIDEBAR)
        assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    focus(page, EXPAND)
    page.keyboard.press("Enter")
    comes(page, FOLD)
    page.keyboard.press("Tab")
    assert at(page, SIDEBAR)
    focus(page, FOLD)
    page.keyboard.press("Enter")
    comes(page, EXPAND)


def test_the_names_tell_whose_and_are_not_in_sight(opened):
    page = opened("?", "en")
    assert ("slider", "η learning rate Adam") in controls(page)
    seen = page.evaluate("""[...document.querySelectorAll('[class*=st-key-card-] :is(label, button) p')]
        .filter((p) => p.checkVisibility() && p.getBoundingClientRect().width > 2 && p.closest("div").clientWidth > 2)
        .map((p) => p.textContent)""")
    names = [runner.record.name for runner in next(iter(PRESETS.values())).scene.runners]
    assert [text for text in seen if text[0] not in "ηβ"] == names
    assert not any(name in text for text in seen for name in names if text[0] in "ηβ")
