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

ROOT = Path(__file__).parents[2]
PATIENCE = 120_000  # milliseconds: a cold server compiles, on a machine that may be busy
AT_REST = "[data-testid=stApp][data-test-script-state=notRunning]"  # the server has nothing left to send
ARGS = [  # quiet: a browser that never looks for updates; the pages are put together without a stand-in for a graphics card
    *("--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
    *("--disable-gpu", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"),
    "--renderer-process-limit=1",  # the pages of a context share what their scripts were compiled to
]
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
            deadline = time.monotonic() + 60
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
            process.wait(10)
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


def new_page(browser: Any, **options: Any) -> Any:
    """A page of that context."""
    return shared(browser, **options).new_page()


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


def travel(page: Any, address: str) -> None:
    """Lead a page of the app to another address as Back and Forward do, a tenth of the work of opening it there."""
    page.evaluate(TRAVEL, address)
    page.wait_for_timeout(200)


def lead(page: Any, server: str, path: str) -> None:
    """Open a page of the app, or lead it on where it shows one already."""
    if page.url.startswith(server):
        travel(page, f"{server}/{path}")
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
