"""Any page in a browser tab, and what can be asked of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

from browser.conftest import PATIENCE, rest, sound_page, wired

WINDOW = {"width": 1280, "height": 800}


class Shown:
    """What a tab shows, and what can be asked of it."""

    def __init__(self, page: Any, server: str) -> None:
        self.page, self.server = wired(page), server

    def until(self, true: Callable[[], Any], what: str) -> None:
        """Wait for something that only Python can tell."""
        deadline = time.monotonic() + PATIENCE / 1000
        while not true():
            assert time.monotonic() < deadline, f"{what} did not come; {self.page.url}"
            self.page.wait_for_timeout(40)

    def settle(self) -> None:
        """Wait until the page is at rest, and look whether it still stands."""
        rest(self.page)
        assert self.page.locator("[data-testid=stException]").count() == 0
        assert self.page.locator(".st-key-wordmark").count() == 1

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.page.url).query)

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path


class Visit(Shown):
    """What a tab shows once it is at rest."""

    def open(self, path: str, shows: str) -> Visit:
        """shows: a selector of what stands there when the page is complete."""
        self.page.goto(f"{self.server}/{path}")
        self.page.wait_for_selector(shows, timeout=PATIENCE)
        self.settle()
        return self

    def until(self, true: Callable[[], Any], what: str) -> None:
        super().until(true, what)
        self.settle()


@contextmanager
def visiting(kind: type[Visit], browser: Any, server: str) -> Iterator[Callable[..., Any]]:
    """visit(path, selector of what it shows, ...): a new tab with options of its own, which must see no error."""
    with ExitStack() as pages:

        def visit(path: str, shows: str, **options: Any) -> Visit:
            page = pages.enter_context(sound_page(browser, **{"viewport": WINDOW, "locale": "en-US", **options}))
            return kind(page, server).open(path, shows)

        yield visit
