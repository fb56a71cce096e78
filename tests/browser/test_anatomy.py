"""The anatomy page in a real browser: arrow keys step, formulas and pictures are drawn, nothing overflows."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from browser.conftest import PATIENCE, rest, sound_page, travel

from core import Runner, Scene, View

pytestmark = pytest.mark.browser

SCENE = Scene(
    surface="himmelblau", start=(1.5, -2.0), steps=12, runners=(Runner("adam", {"lr": 0.2}),), view=View(step=5)
)


LINK = f"anatomy?{SCENE.to_string()}&who=1"
WINDOW = {"width": 1400, "height": 900}


@pytest.fixture(scope="module")
def tab(flat, server):
    """The page, opened by a link."""
    with sound_page(flat, viewport=WINDOW) as page:
        page.goto(f"{server}/{LINK}")
        page.wait_for_selector(".dl-panels svg", timeout=PATIENCE)
        page.wait_for_selector(".dl-arrows[data-listens]", state="attached", timeout=PATIENCE)
        yield page


@pytest.fixture
def page(tab, server):
    """The same page, led back to the link, with the focus on nothing."""
    if parse_qs(urlsplit(tab.url).query).get("step") != [str(SCENE.view.step)]:
        travel(tab, f"{server}/{LINK}")
    shows(tab, SCENE.view.step)
    tab.evaluate("document.activeElement.blur()")
    yield tab
    tab.set_viewport_size(WINDOW)


STANDS = """(step) =>
  document.querySelector(".dl-step-map svg")?.ariaLabel.includes(`Update ${step} `) &&
  new URLSearchParams(location.search).get("step") === String(step) &&
  document.querySelector(".st-key-anatomy-at input[type=range]")?.value === String(step)"""


def shows(page, step):
    """Wait until a step stands on the slider, on the map and in the address, and stays: several presses pass some of them."""
    page.wait_for_function(STANDS, arg=step, timeout=PATIENCE)
    rest(page)
    assert page.evaluate(STANDS, step), page.url


def test_arrow_keys_step_and_the_picture_stays(page):
    page.evaluate("document.querySelector('.dl-step-map').parentElement.mine = true")
    shows(page, 5)
    page.keyboard.press("ArrowRight")
    shows(page, 6)
    page.keyboard.press("ArrowRight")
    shows(page, 7)
    page.keyboard.press("ArrowLeft")
    shows(page, 6)
    assert page.evaluate("document.querySelector('.dl-step-map').parentElement.mine"), "mounted anew"


def test_fast_presses_all_count(page):
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    shows(page, 10)
    page.keyboard.press("Shift+ArrowLeft")
    shows(page, 1)


def test_presses_count_whenever_they_come(page):
    """Also between the moment when the page is told where it stands and that in which the slider is drawn there."""
    page.evaluate(
        """async () => {
          for (let i = 0; i < 21; i++) {
            const key = i % 7 < 4 ? "ArrowRight" : "ArrowLeft";
            document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
            await new Promise((done) => setTimeout(done, 15 * (i % 10)));
          }
        }"""
    )
    shows(page, 5 + 3)


def test_the_slider_has_its_keys_to_itself(page):
    page.locator(".st-key-anatomy-at input[type=range]").focus()
    page.keyboard.press("ArrowRight")
    shows(page, 6)


def test_a_slider_that_was_dragged_lets_the_keys_go(page):
    track = page.locator(".st-key-anatomy-at [role=group] > [data-rac]").bounding_box()
    thumb = page.locator(".st-key-anatomy-at input").locator("xpath=ancestor::*[@data-rac][1]").bounding_box()
    page.mouse.click(track["x"] + track["width"] - 1, thumb["y"] + thumb["height"] / 2)
    shows(page, 12)
    assert page.evaluate("document.activeElement.closest('.st-key-anatomy-at') !== null"), "it has the focus"
    page.keyboard.press("Shift+ArrowLeft")
    shows(page, 2)
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    shows(page, 5)
    page.keyboard.press("Home")
    shows(page, 1)
    page.keyboard.press("End")
    shows(page, 12)


def test_the_back_button_brings_the_step_before(page):
    page.keyboard.press("ArrowRight")
    shows(page, 6)
    page.go_back()
    shows(page, 5)
    assert parse_qs(urlsplit(page.url).query)["who"] == ["1"]


@pytest.mark.parametrize("width", [1400, 390])
def test_formulas_are_set_and_fit(page, width):
    page.set_viewport_size({"width": width, "height": 844})
    page.wait_for_function("(width) => innerWidth === width", arg=width)
    rest(page)
    assert page.locator(".st-key-step-lines .katex").count() >= 15
    assert page.locator(".katex-error").count() == 0
    page.wait_for_function("document.querySelector('.stMain').scrollWidth <= innerWidth")  # charts follow one by one
    page.wait_for_function(
        "[...document.querySelectorAll('.st-key-step-lines p')].every((row) => row.scrollWidth <= row.clientWidth + 1)"
    )
