"""Modules of JavaScript beside an empty page, without a server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

HOME = "http://engine.test/"


def opened(browser: Any, modules: Mapping[str, str]) -> Any:
    """A page of a browser that can import these modules: name -> text."""
    page = browser.new_page()

    def serve(route: Any) -> None:
        name = route.request.url.removeprefix(HOME)
        kind = "text/javascript" if name.endswith(".js") else "text/html"
        route.fulfill(body=modules.get(name, "<!doctype html>"), content_type=kind)

    page.route(f"{HOME}**", serve)
    page.goto(HOME)
    return page
