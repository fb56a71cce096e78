"""Any page in a browser tab, and what can be asked of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

from browser.conftest import new_page

PATIENCE = 90  # seconds: a cold server compiles, on a machine that may be busy
WINDOW = {"width": 1280, "height": 800}


class Visit:
    """One tab. It notes every error of the page."""

    def __init__(self, page: Any, server: str) -> None:
        self.page, self.server = page, server
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def open(self, path: str, shows: str) -> Visit:
        """shows: a selector of what stands there when the page is complete."""
        self.page.goto(f"{self.server}/{path}")
        self.page.wait_for_selector(shows, timeout=1000 * PATIENCE)
        self.settle()
        return self

    def settle(self) -> None:
        """Wait until the server has nothing left to send, and look whether the page still stands."""
        app, quiet = self.page.locator("[data-testid=stApp]"), 0
        deadline = time.monotonic() + PATIENCE
        while quiet < 4:
            quiet = quiet + 1 if app.get_attribute("data-test-script-state") == "notRunning" else 0
            assert time.monotonic() < deadline
            self.page.wait_for_timeout(40)
        assert self.page.locator("[data-testid=stException]").count() == 0
        assert self.page.locator(".st-key-wordmark").count() == 1

    def until(self, true: Callable[[], Any], what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < deadline, f"{what} did not come; {self.page.url}"
            self.page.wait_for_timeout(50)
        self.settle()

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.page.url).query)

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path


@contextmanager
def visiting(kind: type[Visit], browser: Any, server: str) -> Iterator[Callable[..., Any]]:
    """visit(path, selector of what it shows, ...): a new tab with options of its own, which must see no error."""
    visits: list[Visit] = []

    def visit(path: str, shows: str, **options: Any) -> Visit:
        page = new_page(browser, **{"viewport": WINDOW, "locale": "en-US", **options})
        visits.append(kind(page, server))
        return visits[-1].open(path, shows)

    yield visit
    for tab in visits:
        tab.page.close()
        assert tab.errors == []
