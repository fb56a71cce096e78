"""The app under AppTest: opened with a query string, and acted on as the stage would."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.testing.v1 import AppTest, local_script_runner
from streamlit.util import calc_hash

from pages.shared import foreign, words

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True, scope="session")
def _packages_read_once() -> Iterator[None]:
    """Before every run AppTest searches whatever is installed for components, which takes longer than the run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            manifest_scanner, "scan_component_manifests", functools.cache(manifest_scanner.scan_component_manifests)
        )
        yield


@pytest.fixture(autouse=True)
def _navigation_not_legacy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """AppTest puts Streamlit into its old pages/ mode before every run; keep it in that of st.navigation."""
    made = PagesManager.__init__

    def init(self: PagesManager, *args: Any, **kwargs: Any) -> None:
        made(self, *args, **kwargs)
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", init)
    yield
    PagesManager.uses_pages_directory = None


@pytest.fixture(autouse=True)
def _no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the frame sends for the browser alone is left out, so that the components here are those of the page."""
    monkeypatch.setattr(foreign, "mend", lambda: None)


@pytest.fixture(autouse=True)
def _whole_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest forgets what lies outside of the parts that were run; the whole page is run after them, as it would be."""
    run, rerun, parts = AppTest._run, st.rerun, []

    def noted(scope: Any = "app") -> None:
        parts.append(isinstance(scope, list))
        rerun(scope)

    def whole(self: AppTest, *states: Any, **how: Any) -> AppTest:
        parts.clear()
        run(self, *states, **how)
        return run(self, **how) if any(parts) and not self.exception else self

    monkeypatch.setattr(st, "rerun", noted)
    monkeypatch.setattr(AppTest, "_run", whole)


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """visit(query="", lang=None, page=""): the app as a visitor finds it who opens this link, to the race or a page."""
    visits: list[AppTest] = []
    inside = words.language

    def language() -> str:
        """AppTest names the options of a widget outside of the app's session; there the language is in the address."""
        return inside() if get_script_run_ctx(suppress_warning=True) else str(visits[-1].query_params.get("lang", "en"))

    monkeypatch.setattr(words, "language", language)

    def visit(query: str = "", lang: str | None = None, page: str = "") -> AppTest:
        at = AppTest.from_file(ROOT / "app.py", default_timeout=60)
        if page:
            at._page_hash = calc_hash(
                page
            )  # its address; switch_page goes by the name of its file before the first run
        visits.append(at)
        at.query_params = dict(parse_qs(query, keep_blank_values=True))
        if lang:
            at.query_params["lang"] = lang
        return at.run()

    return visit


@pytest.fixture
def go_back(monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """go_back(at, query): the browser's back or forward button brings another address, and says so."""
    with_history = functools.partial(local_script_runner.RerunData, is_history_navigation=True)

    def go_back(at: AppTest, query: Mapping[str, str | list[str]]) -> AppTest:
        at.query_params = dict(query)
        with monkeypatch.context() as patch:
            patch.setattr(local_script_runner, "RerunData", with_history)
            return at.run()

    return go_back


@pytest.fixture
def act() -> Callable[..., AppTest]:
    """act(at, {...}): the stage reports what the visitor did. AppTest knows no components, so its message is built."""
    from streamlit.components.v2.bidi_component.main import _make_trigger_id

    def act(at: AppTest, what: object) -> AppTest:
        (component,) = at.get("bidi_component")
        states = at._tree.get_widget_states()
        message = states.widgets.add()
        message.id = _make_trigger_id(component.proto.id, "events")
        message.json_trigger_value = json.dumps([{"event": "act", "value": what}])
        return at._run(states)

    return act
