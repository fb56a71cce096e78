"""The app on a server of its own, and a browser to visit it with."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

ROOT = Path(__file__).parents[2]
PATIENCE = 120_000  # milliseconds: a cold server compiles, on a machine that may be busy
PARTS = {"script", "stylesheet", "font"}  # of a page that come when there is something for them to draw
SILENCE = 1.0  # seconds after which the server has nothing more to say to several acts
ARGS = [  # quiet: a browser that never looks for updates; the pages are put together without a stand-in for a graphics card
    *("--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
    *("--disable-gpu", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"),
    "--renderer-process-limit=1",  # the pages of a context share what their scripts were compiled to
]
# Streamlit loads the script of a component anew whenever that is told something, and tells it then.
LOADED = """
for (const how of ["load", "error"]) document.addEventListener(how, ({ target }) => { target.loaded = true; }, true);
"""
TAKEN = """() => new Promise((done) => setTimeout(() => {
  const app = document.querySelector("[data-testid=stApp][data-test-script-state=notRunning]");
  const scripts = [...document.head.querySelectorAll("script[type=module][src*=bidi-components]")];
  const pictures = [...document.querySelectorAll("[data-takes]")];
  const still = ({ dataset, stage, film, graph }) => dataset.takes === "0" && !(stage ?? film ?? graph)?.unrest;
  done(Boolean(app) && scripts.every(({ loaded }) => loaded) && pictures.every(still));
}))"""  # after a moment: what a widget is told is sent with the next tick
BLANK = """
for (const kind of [WebGLRenderingContext, WebGL2RenderingContext])
  Object.assign(kind.prototype, {
    drawArrays() {},
    drawElements() {},
    clear() {},
    readPixels: (...given) => given.at(-1)?.fill?.(255), // what plotly.js reads where nothing is under the pointer
  });
"""


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium is. Without it these tests are skipped, but not on CI: there they would be missed."""
    # The first of them has no windows to care for.
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    missing = "Chromium" if path is None else "Playwright" if find_spec("playwright") is None else ""
    if missing:
        stop = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        stop(f"the tests in a browser need {missing}, which is not installed")
    return str(path)


@contextlib.contextmanager
def serving(folder: Path, port: int | None = None, **environment: str) -> Iterator[str]:
    """The address of the running app. folder: for what it logs."""
    port = port or _free_port()
    log = folder / "log.txt"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}", "--server.headless=true"]
    with log.open("w") as out:
        process = subprocess.Popen(
            [*command, "--server.address=127.0.0.1"],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            deadline = time.monotonic() + PATIENCE / 1000
            while True:
                with contextlib.suppress(OSError):
                    if urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).status == 200:
                        break
                if process.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"the server did not start:\n{log.read_text()}")
                time.sleep(0.05)
            yield address
        finally:
            process.terminate()
            process.wait(PATIENCE / 1000)
    text = log.read_text()
    assert "Traceback" not in text, text


@pytest.fixture(scope="session")
def server(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("server")) as address:
        yield address


@pytest.fixture(scope="session")
def launch(chromium: str) -> Iterator[Callable[..., Any]]:
    """launch(*more_arguments): another Chromium, closed at the end."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = []

        def launch(*more: str) -> Any:
            opened.append(playwright.chromium.launch(executable_path=chromium, headless=True, args=[*ARGS, *more]))
            return opened[-1]

        yield launch
        for browser in opened:
            browser.close()


def shared(browser: Any, **options: Any) -> Any:
    """The context with these options. What its pages have loaded and compiled the next one finds: that is a third of its time."""
    contexts = vars(browser).setdefault("contexts_by_options", {})
    wanted = repr(sorted(options.items()))
    if wanted not in contexts:
        contexts[wanted] = browser.new_context(**options)
        contexts[wanted].new_page()  # which stays, and with it the process of them all
    return contexts[wanted]


class Wire:
    """What a page and the server say to each other.

    waits: the page has asked for a run that has not come to its end. loads: what it needs to draw what it was told.

    Streamlit's own word for it, `data-test-script-state`, says nothing between an act and the first word of the server's
    answer, nor between a run that was broken off and the one that takes its place: on a busy machine that is long.
    """

    def __init__(self, page: Any) -> None:
        self.asked, self.begun, self.runs, self.heard = 0, False, False, 0.0
        self.loads: set[Any] = set()
        page.on("websocket", self._opened)
        page.on("request", lambda request: request.resource_type in PARTS and self.loads.add(request))
        for end in ("requestfinished", "requestfailed"):
            page.on(end, lambda request: self.loads.discard(request))
        page.on("framenavigated", lambda frame: frame is page.main_frame and self.loads.clear())
        page.add_init_script(LOADED)

    @property
    def waits(self) -> bool:
        if self.begun and time.monotonic() - self.heard > SILENCE:
            self.asked = 0  # fast acts became one run
        return self.runs or self.asked > 0

    def _opened(self, socket: Any) -> None:
        self.asked, self.begun, self.runs = 0, False, False
        socket.on("framesent", self._sent)
        socket.on("framereceived", self._received)

    def _sent(self, frame: bytes) -> None:
        if BackMsg.FromString(frame).HasField("rerun_script"):
            self.asked, self.begun = self.asked + 1, False

    def _received(self, frame: bytes) -> None:
        self.heard = time.monotonic()
        told = ForwardMsg.FromString(frame)
        if told.HasField("new_session"):
            self.asked, self.begun, self.runs = max(self.asked - 1, 0), True, True
        elif told.HasField("script_finished"):
            self.runs = told.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN


def wired(page: Any) -> Any:
    """The page, of which is known from now on whether it is at rest. To be called before it is led anywhere."""
    if not hasattr(page, "wire"):
        page.wire = Wire(page)
        page.set_default_timeout(PATIENCE)
    return page


def at_rest(page: Any) -> bool:
    """Whether the server has answered all that it was asked, and every picture has taken in what came."""
    taken = page.evaluate(TAKEN)  # first: what was sent before is known then
    return taken and not page.wire.waits and not page.wire.loads


def rest(page: Any) -> None:
    """Wait until a page is at rest, and for a moment to be sure: what has come may call for more."""
    deadline, quiet = time.monotonic() + PATIENCE / 1000, 0
    while quiet < 3:
        quiet = quiet + 1 if at_rest(page) else 0
        assert time.monotonic() < deadline, f"no rest; {page.url}"
        page.wait_for_timeout(30)


STILL = "document.getAnimations().every((one) => one.timeline !== document.timeline || one.playState !== 'running')"


def pictured(page: Any) -> None:
    """Wait until the browser has made a picture of what was done: with it scrolls, sizes and moves of the pointer are told."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def reach(page: Any, element: Any) -> None:
    """Lead the focus to an element as keys do. Within half a second of a press it would count as led there by the pointer."""
    page.keyboard.press("Tab")
    element.focus()


def new_page(browser: Any, **options: Any) -> Any:
    """A page of that context."""
    return wired(shared(browser, **options).new_page())


@contextlib.contextmanager
def sound_page(browser: Any, **options: Any) -> Iterator[Any]:
    """A page of that context, on which no script may fail."""
    page, errors = new_page(browser, **options), []
    page.on("pageerror", lambda error: errors.append(error.stack or str(error)))
    yield page
    page.close()
    assert errors == []


TRAVEL = """(to) => {
  history.pushState(null, "", to);
  dispatchEvent(new PopStateEvent("popstate", { state: null }));
}"""


def travel(page: Any, address: str, at_once: bool = False) -> None:
    """Lead a page of the app to another address as Back and Forward do, a tenth of the work of opening it there.

    What it shows is what it showed before, until it is at rest. at_once: even if it is not at rest now, and what is still
    on its way may be taken for an act on what it is led to.
    """
    if not at_once:
        rest(page)
    page.evaluate(TRAVEL, address)


def lead(page: Any, server: str, path: str, at_once: bool = False) -> None:
    """Open a page of the app, or lead it on where it shows one already; see `travel`."""
    if page.url.startswith(server):
        travel(page, f"{server}/{path}", at_once)
    else:
        page.goto(f"{server}/{path}")


@pytest.fixture(scope="session")
def browser(launch: Callable[..., Any]) -> Any:
    """A browser that does everything in 3D but fill the pixels, which without a graphics card takes half of the time."""
    browser = launch()
    made = browser.new_context

    def new_context(**options: Any) -> Any:
        context = made(**options)
        context.add_init_script(BLANK)
        return context

    browser.new_context = new_context
    return browser


@pytest.fixture(scope="session")
def painting(launch: Callable[..., Any]) -> Any:
    """A browser that draws all of it."""
    return launch()


@pytest.fixture(scope="session")
def flat(launch: Callable[..., Any]) -> Any:
    """A browser that draws nothing in 3D: half of the time goes into that, where nothing is about it."""
    return launch("--disable-3d-apis")
