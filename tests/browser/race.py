"""The race in a browser tab, and what can be asked of it and done on it."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from browser.conftest import at_rest
from browser.visit import Shown
from PIL import Image

from core import Scene

PATIENCE = 60  # seconds: a first picture waits for the compiler, on a machine that may be busy
COLD = 90  # seconds: a server that has never run compiles before its first picture
WINDOW = {"width": 1120, "height": 740}  # small: without a graphics card every pixel costs
OPTIONS = {"viewport": WINDOW, "reduced_motion": "reduce"}  # no race starts by itself
GRAPHS = ".dl-stage .js-plotly-plot"


def close(a: Any, b: Any, within: float) -> bool:
    return np.allclose(np.array(a, float), np.array(b, float), rtol=0, atol=within)


class Race(Shown):
    """One page in the browser, and what can be asked of it. It notes every console error and every foreign request."""

    def __init__(self, page: Any, server: str) -> None:
        super().__init__(page, server)
        self.errors: list[str] = []
        self.foreign: list[str] = []
        page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("dialog", lambda dialog: (self.errors.append(f"a dialog: {dialog.message}"), dialog.dismiss()))
        for event in ("request", "websocket"):
            page.on(event, lambda to: self._note(to.url))

    def _note(self, url: str) -> None:
        where = urlsplit(url)
        if where.scheme not in ("data", "blob") and where.hostname != "127.0.0.1":
            self.foreign.append(url)

    def open(self, query: str = "") -> Race:
        self.page.goto(query if query.startswith("http") else f"{self.server}/?{query}")
        self.page.wait_for_selector(".dl-stage[data-drawn]", timeout=1000 * COLD)
        self.until(lambda: "surface" in self.query, "the scene in the address bar")
        return self

    def until(self, true: Callable[[], Any], what: str = "what was waited for", passing: bool = False) -> None:
        """Wait for something that only Python can tell, and is so once all has come to rest.

        The address is written before the rest of the page follows, and a run may call for another. passing: it will
        not stay so, and once seen is enough.
        """
        deadline = time.monotonic() + PATIENCE
        quiet = 0
        while quiet < 3:
            quiet = 0 if not ((passing or at_rest(self.page)) and true()) else 3 if passing else quiet + 1
            assert time.monotonic() < deadline, f"{what} did not come; {self.page.url}"
            self.page.wait_for_timeout(30)

    # --- what the page shows

    @property
    def scene(self) -> Scene:
        """The scene in the address bar, which is always whole."""
        scene, faults = Scene.from_query({k: v for k, v in self.query.items() if k != "lang"})
        assert faults == []
        return scene

    @property
    def drawn(self) -> int:
        return int(self.page.locator(".dl-stage").get_attribute("data-drawn") or 0)

    @property
    def followed(self) -> int:
        """How many pictures the browser has made by itself of what is held."""
        return int(self.page.locator(".dl-stage").get_attribute("data-followed") or 0)

    @contextmanager
    def redrawn(self) -> Iterator[None]:
        before = self.drawn
        yield
        self.until(lambda: self.drawn > before, "another picture")

    @property
    def step(self) -> int:
        return int(self.page.locator(".dl-count b").inner_text())

    def text(self, selector: str) -> str:
        return str(self.page.locator(selector).inner_text())

    def plot(self, view: str, script: str) -> Any:
        """A value of a Plotly graph: `p` is its layout as drawn."""
        return self.page.evaluate(f"(p => {script})(document.querySelector('.dl-{view} .js-plotly-plot')._fullLayout)")

    @property
    def camera(self) -> list[float]:
        return self.plot("relief", "(c => [c.eye.x, c.eye.y, c.eye.z])(p.scene._scene.getCamera())")

    @property
    def window(self) -> list[float]:
        return self.plot("map", "[...p.xaxis.range, ...p.yaxis.range]")

    def on_map(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the surface lies on the page."""
        box = self.page.locator(".dl-map").bounding_box()
        px, py = self.plot("map", f"[p.xaxis._offset + p.xaxis.l2p({x}), p.yaxis._offset + p.yaxis.l2p({y})]")
        return box["x"] + px, box["y"] + py

    def sliders(self) -> dict[str, str]:
        """Label and value of every slider beside and above the stage."""
        found = self.page.locator(".stSlider input[type=range]").evaluate_all(
            "inputs => inputs.map((e, i) => [`${i} ${e.getAttribute('aria-label')}`, e.getAttribute('aria-valuetext')])"
        )
        return dict(found)

    def slider(self, key: str) -> Any:
        return self.page.locator(f".st-key-{key} input[type=range]")

    def pixels(self, selector: str) -> np.ndarray:
        self.page.mouse.move(5, 5)  # no tip over the picture
        return np.asarray(Image.open(io.BytesIO(self.page.locator(selector).screenshot())).convert("RGB"), dtype=int)

    def ink(self, view: str) -> int:
        """How many pixels of the canvas over a view are drawn on."""
        return self.page.evaluate(
            """view => {
              const canvas = document.querySelector(`.dl-${view} canvas.dl-over`);
              const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
              let n = 0;
              for (let i = 3; i < data.length; i += 4) n += data[i] > 0;
              return n;
            }""",
            view,
        )

    # --- what a visitor does

    def drag(self, start: tuple[float, float], end: tuple[float, float], moves: int = 8, pause: int = 20) -> None:
        self.page.mouse.move(*start)
        self.page.mouse.down()
        for i in range(1, moves + 1):
            self.page.mouse.move(*(a + (b - a) * i / moves for a, b in zip(start, end, strict=True)))
            self.page.wait_for_timeout(pause)
        self.page.mouse.up()

    def centre(self, selector: str) -> tuple[float, float]:
        box = self.page.locator(selector).bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def turn(self) -> list[float]:
        """Turn the 3D view with the mouse; the camera once it has come to rest."""
        before, (x, y) = self.camera, self.centre(".dl-relief")
        self.drag((x, y), (x + 90, y + 30))
        self.until(lambda: self.scene.view.camera, "the camera in the address bar")
        assert self.camera != before
        return self.camera

    def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self.page.keyboard.press(key)

    def choose_surface(self, name: str) -> None:
        """From the menu, which draws no more of its options than can be seen: its name is typed first."""
        self.page.locator(".st-key-surface [role=combobox], .st-key-surface input").first.click()
        self.page.keyboard.type(name)
        self.page.get_by_role("option", name=name).click()

    def tag(self) -> None:
        """Mark the graphs, to see later whether they are still the same elements."""
        self.page.evaluate(f"document.querySelectorAll('{GRAPHS}').forEach((e, i) => (e.tagged = i))")

    def untouched(self) -> bool:
        return self.page.evaluate(f"[...document.querySelectorAll('{GRAPHS}')].map(e => e.tagged).join() === '0,1,2'")
