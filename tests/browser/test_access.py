"""The pages for those who hear them, and for those who have no mouse: every control has a name of its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit

from core.presets import PRESETS
from core.text import TABLES
from pages.shared.foreign import WORDS

pytestmark = pytest.mark.browser

PATIENCE = 90_000  # milliseconds: a cold server compiles, on a machine that may be busy
WIDE, PHONE = {"width": 1400, "height": 900}, {"width": 390, "height": 844}
CONTROLS = {
    *("button", "checkbox", "combobox", "link", "menuitem", "radio"),
    *("searchbox", "slider", "spinbutton", "switch", "tab", "textbox"),
}
LOOKS = (("en", "light"), ("ko", "dark"))
LIVE = "[data-testid=stApp][data-test-script-state=notRunning]"


def press(selector: str) -> Callable[[Any], None]:
    """A click on the first that is to be seen."""
    return lambda page: page.locator(f"{selector}:visible").first.click()


CARDS, TUNING = ".st-key-presets-open button", ".st-key-tuning-open button"
UNFOLD, SETTINGS = "[class*=st-key-head-card-] button", ".st-key-settings-open button"
STATES: dict[str, tuple[str, tuple[Callable[[Any], None], ...]]] = {  # name -> address, and what is done there
    "race": ("?", ()),
    "race, scene": ("?", (press(SETTINGS),)),
    "race, presets": ("?", (press(CARDS),)),
    "race, tuning": ("?", (press(TUNING), press(".st-key-best-each button"))),
    "race, settings of a runner": ("?", (press(UNFOLD),)),
    "race, code": ("?", (press(UNFOLD), press("[class*=-code].stElementContainer button"))),
    "race, one runner hidden": ("?r=adam&r=sgd&r=sgd~lr~0.01", (press(".dl-legend button"),)),
    "race, a function of one's own": ("?surface=typed&f=x%5E2%20%2B%20y%5E2&r=sgd", ()),
    "race, nobody runs": ("?surface=beale", ()),
    "anatomy": ("anatomy?", ()),
    "maps, settings": ("maps?", ()),
    "maps, starting points": ("maps?map=starts", ()),
    "schedules": ("schedules?", ()),
    "catalogue, optimizer": ("catalogue?entry=adam", ()),
    "catalogue, schedule": ("catalogue?kind=schedules&entry=cosine", ()),
    "catalogue, surface": ("catalogue?kind=surfaces&entry=himmelblau", ()),
}
SHOWS = {  # path -> what stands on the page when it is complete
    "": ".dl-stage[data-drawn]",
    "anatomy": ".dl-panels svg",
    "maps": ".dl-field canvas",
    "schedules": ".js-plotly-plot",
    "catalogue": "nav a[data-name]",
}


def settle(page: Any) -> None:
    """Wait until the server has had nothing to send, and the browser nothing to add, for a while."""
    sizes = [-1]
    while len(sizes) < 4 or len(set(sizes[-4:])) > 1:
        page.wait_for_selector(LIVE, state="attached", timeout=PATIENCE)
        page.wait_for_timeout(150)
        sizes.append(page.evaluate("document.querySelectorAll('*').length"))
        assert len(sizes) < 200, "the page does not come to rest"


@pytest.fixture(scope="module")
def flat(launch: Callable[..., Any]) -> Any:
    """A browser that draws nothing in 3D: half of the time goes into that, and nothing here is about it."""
    return launch("--disable-3d-apis")


def open_state(page: Any, server: str, state: str, language: str) -> Any:
    """Bring a tab into one of the STATES."""
    address, acts = STATES[state]
    page.goto(f"{server}/{address}&lang={language}".replace("?&", "?"))
    page.wait_for_selector(SHOWS[address.partition("?")[0]], timeout=PATIENCE)
    settle(page)
    for act in acts:
        act(page)
        settle(page)
    return page


@pytest.fixture
def opened(flat: Any, server: str) -> Iterator[Callable[..., Any]]:
    """opened(state, language, ...): a new tab in one of the STATES; options are those of a browser context."""
    contexts = []

    def opened(state: str, language: str, **options: Any) -> Any:
        contexts.append(flat.new_context(**{"viewport": WIDE, "locale": "en-US", **options}))
        return open_state(contexts[-1].new_page(), server, state, language)

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="module", params=[(state, *look) for state in STATES for look in LOOKS], ids="-".join)
def seen(flat: Any, server: str, request: pytest.FixtureRequest) -> Iterator[tuple[Any, str]]:
    """A tab in each of the STATES, in each of the LOOKS, and its language: opened once for all that is asked of it."""
    state, language, theme = request.param
    context = flat.new_context(viewport=WIDE, locale="en-US", color_scheme=theme)
    yield open_state(context.new_page(), server, state, language), language
    context.close()


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


def test_every_text_can_be_read(seen):
    """At least 4.5 to 1 against what it stands on, as WCAG 2 asks of text (1.4.3)."""
    page, _ = seen
    page.mouse.move(0, 0)
    count, faint = page.evaluate(READABLE)
    assert count > 20
    assert faint == []


# --- names --------------------------------------------------------------------------------------------


def test_every_control_has_a_name_of_its_own(seen):
    page, language = seen
    found = controls(page)
    assert len(found) > 5
    names = Counter(name for _, name in found)
    assert [name for name, count in names.items() if count > 1] == []
    assert [(role, name) for role, name in found if not name] == []
    assert [name for name in names if re.search(r" icon$|[*`]", name)] == []
    halves = [name[: len(name) // 2].strip() for name in names if len(name) > 1]
    assert [half for half in halves if f"{half} {half}" in names] == [], "said twice"
    if language != "en":
        theirs = re.compile("|".join(re.sub(r"\\\{\w+\\\}", ".+", re.escape(word)) for word in WORDS))
        assert [name for name in names if theirs.fullmatch(name)] == [], "as Streamlit says it"


def test_a_narrow_navigation_is_in_the_language_of_the_visitor(opened):
    page = opened("maps, settings", "ko", viewport={"width": 820, "height": 900})
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


def test_the_names_tell_whose_and_are_not_in_sight(opened):
    page = opened("race", "en")
    assert ("slider", "η learning rate Adam") in controls(page)
    seen = page.evaluate("""[...document.querySelectorAll('[class*=st-key-card-] :is(label, button) p')]
        .filter((p) => p.checkVisibility() && p.getBoundingClientRect().width > 2 && p.closest("div").clientWidth > 2)
        .map((p) => p.textContent)""")
    names = [runner.record.name for runner in next(iter(PRESETS.values())).scene.runners]
    assert [text for text in seen if text[0] not in "ηβ"] == names
    assert not any(name in text for text in seen for name in names if text[0] in "ηβ")
