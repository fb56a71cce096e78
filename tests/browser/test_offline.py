"""Without any network but the way to the server, every page is drawn: nothing is asked of anybody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from browser.race import COLD, Race

from core.text import TABLES

pytestmark = pytest.mark.browser

WIDE = {"width": 1400, "height": 900}
DRAWN = {  # path -> what is on the page when it is complete
    "/": ".dl-stage[data-drawn]",
    "/anatomy": ".dl-panels svg",
    "/maps": ".dl-field[data-size] canvas",
    "/schedules": ".js-plotly-plot .trace",
    "/networks": ".dl-film[data-drawn] canvas",
    "/catalogue": "nav a[data-name]",
}
BROKEN = """() => [
  ...[...document.images].filter((image) => image.complete && !image.naturalWidth).map((image) => image.src),
  ...[...document.fonts].filter((font) => font.status === "error").map((font) => font.family),
]"""


@pytest.fixture(scope="module")
def race(launch: Callable[..., Any], server: str) -> Race:
    """A tab that finds no name and reaches nothing but the server; what it asks of others is noted before it fails."""
    browser = launch("--disable-3d-apis", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
    context = browser.new_context(viewport=WIDE, locale="en-US", reduced_motion="reduce", service_workers="block")

    def pass_on(route: Any) -> None:
        route.continue_() if urlsplit(route.request.url).hostname == "127.0.0.1" else route.abort()

    context.route("**/*", pass_on)
    return Race(context.new_page(), server)


@pytest.mark.parametrize("language", list(TABLES)[-1:])  # which has letters that a font might be fetched for
def test_every_page_is_drawn(race: Race, language: str) -> None:
    page = race.page
    page.goto(f"{race.server}/?lang={language}")
    page.wait_for_selector(DRAWN["/"], timeout=1000 * COLD)
    links = page.locator("[data-testid=stTopNavLink]").evaluate_all("links => links.map(a => new URL(a.href).pathname)")
    assert set(links) == set(DRAWN), "a page is missing here"
    for path in links:
        page.goto(f"{race.server}{path}?lang={language}")
        page.wait_for_selector(DRAWN[path], state="attached", timeout=1000 * COLD)
        race.until(lambda: page.locator(".st-key-wordmark").inner_text().strip() == TABLES[language]["app"], path)
        assert page.locator("[data-testid=stException]").count() == 0
        page.evaluate("document.fonts.ready.then(() => null)")
        assert page.evaluate(BROKEN) == []
    assert race.foreign == []


def test_a_request_elsewhere_would_have_been_seen(race: Race) -> None:
    race.page.goto(race.server)
    before = len(race.foreign)
    asked = "fetch('http://elsewhere.test/', {mode: 'no-cors'}).then(() => 'answered', () => 'nothing')"
    assert race.page.evaluate(asked) == "nothing"
    assert race.foreign[before:] == ["http://elsewhere.test/"]
