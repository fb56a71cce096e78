"""A path that leads to no page says so, in the visitor's language; one that does says nothing."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from browser.conftest import PATIENCE, new_page, rest

from core.text import TABLES

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", TABLES)
def test_a_path_without_a_page_is_told(flat: Any, server: str, language: str) -> None:
    page = new_page(flat)
    page.goto(server)  # a cold server has not heard of the pages yet
    page.get_by_text(TABLES["en"]["app"]).first.wait_for(timeout=PATIENCE)
    page.goto(f"{server}/nowhere?lang={language}&steps=77")
    words = page.get_by_text(TABLES[language]["no_page"])
    words.wait_for(timeout=PATIENCE)
    rest(page)
    page.wait_for_timeout(1500)  # by then Streamlit has said so, too
    assert words.count() == 1
    assert page.get_by_role("dialog").count() == 0, "and it is told once"
    address = urlsplit(page.url)
    assert address.path == "/", "the address is that of the race, for links are copied from it"
    assert parse_qs(address.query)["lang"] == [language]
    assert parse_qs(address.query)["steps"] == ["77"]
    page.close()


@pytest.mark.parametrize("path", ["", "race", "maps"])
def test_a_page_that_there_is_says_nothing(flat: Any, server: str, path: str) -> None:
    page = new_page(flat)
    page.goto(f"{server}/{path}")
    page.get_by_text(TABLES["en"]["language_name"]).first.wait_for(timeout=PATIENCE)
    rest(page)
    assert page.get_by_text(TABLES["en"]["no_page"]).count() == 0
    page.close()
