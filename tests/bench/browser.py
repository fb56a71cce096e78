"""What a visitor waits for, in Chromium: a key on a slider, the start dragged, another surface, the page opened.

Run by hand: `python tests/bench/browser.py`. WebGL draw and read calls are stubbed, which stands in for a graphics
card: without one the software rasteriser would be all there is to measure. The same scene as three `st.plotly_chart` (peer_plotly.py)
is measured in turn, on the same machine in the same minutes.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import math
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from common import ROOT, machine, pair, server, spell, table, verdict, write
from playwright.sync_api import Browser, Page, TimeoutError, sync_playwright
from server import STEPS, scene
from websockets.sync.client import connect

from core.browser import files

KEYS = 25
OPENINGS = 5
DRAG = 6.0  # seconds
MOUSE = 60  # moves a second
HAND = 9377  # the port at which Chromium listens for one
LINK = 0.2  # seconds
ROUNDS = 3
FLAGS = [  # with a stand-in for a graphics card the processor would put the page together in its slowest way
    "--no-sandbox",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    f"--remote-debugging-port={HAND}",
]
PAGES = {  # in the navigation, and what stands there when the page is painted
    "Networks": ".dl-film[data-drawn]",
    "Maps": ".dl-field[data-drawn]",
    "Anatomy": ".dl-panels svg",
    "Schedules": "[data-testid=stPlotlyChart] .main-svg",
    "Catalogue": "nav a[data-name]",
}
PAINTED = "new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now() - bench.acted))))"
PLAYED = """async (seconds) => {
  const { stage } = document.querySelector(".dl-stage");
  stage.replay();
  const begin = performance.now();
  let [flat, whole, t, last] = [0, 0, stage.t, stage.relief3d.last];
  while (performance.now() - begin < 1000 * seconds) {
    await new Promise(requestAnimationFrame);
    if (stage.t !== t) flat += 1;
    if (stage.relief3d.last !== last) whole += 1;
    ({ t, relief3d: { last } } = stage);
  }
  const lasted = (performance.now() - begin) / 1000;
  return [flat / lasted, whole / lasted];
}"""
# A picture of the app is drawn when the stage has counted it; one of the peer when all three charts carry the number
# of the run. In both cases one more animation frame must have begun.
SPY = r"""
const bench = (window.bench = { received: 0, sent: [], drawn: [] });
for (const kind of [WebGLRenderingContext, WebGL2RenderingContext])
  Object.assign(kind.prototype, {
    drawArrays() {},
    drawElements() {},
    clear() {},
    readPixels: (...given) => given.at(-1)?.fill?.(255), // what plotly.js reads where nothing is under the pointer
  });
for (const kind of ["keydown", "pointermove"]) addEventListener(kind, () => (bench.acted = performance.now()), true);
const Socket = window.WebSocket;
window.WebSocket = class extends Socket {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({ data }) => {
      bench.received += data.byteLength ?? data.size ?? data.length;
      bench.last = performance.now();
    });
  }
  send(data) {
    const act = /"id": ?(\d+)/.exec(new TextDecoder("latin1").decode(data));
    if (act) bench.sent.push([Number(act[1]), performance.now()]);
    super.send(data);
  }
};
const parse = JSON.parse;
JSON.parse = (...given) => {
  const value = parse(...given);
  if (value?.arrays && "ack" in value) {
    newest = value.ack; // the answer to this message is being drawn, or waits for the drawing under way
    if (!busy) [busy, drawing] = [true, newest];
  }
  return value;
};
let [busy, drawing, newest, shows] = [false, null, null, null];
new MutationObserver(() => {
  shows = drawing;
  busy = newest !== drawing;
  drawing = newest;
}).observe(document, { subtree: true, attributeFilter: ["data-drawn"] });
bench.count = () => {
  const stage = document.querySelector(".dl-stage");
  if (stage) return Number(stage.dataset.drawn) || 0;
  const charts = [...document.querySelectorAll(".js-plotly-plot")];
  if (charts.length < 3 || charts.some((chart) => !chart.querySelector(".main-svg"))) return 0;
  return Math.min(...charts.map((chart) => chart._fullLayout?.meta?.run ?? 0));
};
bench.followed = [];
new MutationObserver(() => requestAnimationFrame(() => setTimeout(() => (bench.first ??= performance.now())))).observe(document, {
  subtree: true,
  attributeFilter: ["data-sketched", "data-drawn"],
});
new MutationObserver(() => requestAnimationFrame(() => setTimeout(() => bench.followed.push(performance.now())))).observe(document, {
  subtree: true,
  attributeFilter: ["data-followed"],
});
let before = 0;
(function watch() {
  const now = bench.count();
  if (now > before) {
    before = now;
    const act = shows;
    requestAnimationFrame(() => setTimeout(() => bench.drawn.push([act, performance.now()])));
  }
  requestAnimationFrame(watch);
})();
"""


@contextlib.contextmanager
def opened(
    chromium: Browser,
    address: str,
    runners: int,
    link: Callable[[Page], None] = lambda page: None,
    seen: str = "bench.drawn.length > 0",
) -> Iterator[Page]:
    """A new browser profile with the scene on the screen. link: what stands between it and the server. seen: what is waited for."""
    context = chromium.new_context(viewport={"width": 1400, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.add_init_script(SPY)
    link(page)
    page.goto(f"{address}/?{scene(runners).to_string()}&lang=en")
    page.wait_for_function(seen, timeout=60_000)
    yield page
    context.close()


def rest(page: Page, quiet: int = 400) -> None:
    """Wait until nothing has come from the server for a while."""
    page.wait_for_function(f"performance.now() - (bench.last ?? 0) > {quiet}", timeout=20_000)


def answer(page: Page, pictures: int) -> tuple[float, float]:
    """Milliseconds from the last key or move to the picture it made, and bytes that came for it."""
    try:
        page.wait_for_function(f"bench.drawn.length > {pictures}", timeout=20_000)
    except TimeoutError:
        where = page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        raise SystemExit(f"{page.url}: no picture within 20 s; the keys go to {where}") from None
    drawn, acted = page.evaluate(f"[bench.drawn[{pictures}][1], bench.acted]")
    rest(page, 150)
    return drawn - acted, page.evaluate("bench.received")


def keys(page: Page, name: str = "η") -> tuple[list[float], list[float]]:
    """A slider goes up and down by one stop; by default the learning rate of the last runner."""
    slider = page.locator("[data-testid=stSidebar] [data-testid=stSlider]").filter(has_text=name).last
    slider.locator("input[type=range], [role=slider]").first.focus()
    rest(page)
    times, sizes = [], []
    page.keyboard.press(
        "ArrowLeft"
    )  # away from what was opened: going back there would change the line about that, too
    rest(page)
    for i in range(KEYS + 1):
        pictures = page.evaluate("(bench.received = 0, bench.drawn.length)")
        page.keyboard.press("ArrowRight" if i % 2 else "ArrowLeft")
        ms, size = answer(page, pictures)
        if i:  # the first one warms up
            times.append(ms)
            sizes.append(size)
    return times, sizes


def grasp(page: Page) -> tuple[float, float]:
    """Take hold of the start; where it is."""
    box = page.locator(".dl-start").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    rest(page)
    return x, y


def thumb(page: Page) -> tuple[float, float]:
    """Take hold of the learning rate of the last runner; where its thumb is."""
    slider = page.locator("[data-testid=stSidebar] [data-testid=stSlider]").filter(has_text="η").last
    slider.scroll_into_view_if_needed()
    box = slider.locator("[data-testid=stSliderThumbValue]").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] + 6
    page.mouse.move(x, y)
    page.mouse.down()
    rest(page)
    return x, y


def followed(page: Page, take: Callable[[Page], tuple[float, float]], reach: float) -> tuple[float, list[float]]:
    """Something is held and moved: pictures a second while it goes to and fro, and milliseconds from one move to its picture.

    The hand does not wait for pictures: a mouse tells where it is so many times a second, whatever the page is doing.
    A picture counts when the animation frame after it has been drawn.
    """
    x, y = take(page)
    tab = page.context.new_cdp_session(page).send("Target.getTargetInfo")["targetInfo"]["targetId"]
    page.evaluate("bench.followed = []")
    with connect(f"ws://127.0.0.1:{HAND}/devtools/page/{tab}", max_size=None) as hand:
        begin = time.monotonic()
        for i in range(int(DRAG * MOUSE)):
            t = i / MOUSE
            where = {"x": x + reach * math.sin(5 * t), "y": y + (0 if reach < 50 else 60 * math.cos(5 * t) - 60)}
            event = {"type": "mouseMoved", "button": "left", "buttons": 1, **where}
            hand.send(json.dumps({"id": i, "method": "Input.dispatchMouseEvent", "params": event}))
            page.wait_for_timeout(max(0, 1e3 * (begin + t - time.monotonic())))
        pictures, lasted = page.evaluate("bench.followed.length"), time.monotonic() - begin
    times = []
    for i in range(KEYS):
        page.wait_for_timeout(120)
        page.evaluate("bench.followed = []")
        page.mouse.move(x + reach * (-1) ** i + i / 5, y - (0 if reach < 50 else 60))
        page.wait_for_function("bench.followed.length > 0", timeout=20_000)
        times.append(page.evaluate("bench.followed[0] - bench.acted"))
    page.mouse.up()
    rest(page)
    return pictures / lasted, times


def released(page: Page) -> list[float]:
    """Milliseconds from the release of a slider until the server's word is on the stage."""
    times = []
    for i in range(KEYS):
        x, y = thumb(page)
        page.mouse.move(x + (12 if i % 2 else -12), y)
        page.wait_for_timeout(100)
        pictures = page.evaluate("(bench.drawn.length)")
        page.evaluate(
            "addEventListener('pointerup', () => (bench.acted = performance.now()), { capture: true, once: true })"
        )
        page.mouse.up()
        times.append(answer(page, pictures)[0])
    return times


def delayed(page: Page) -> None:
    """Every message takes LINK seconds, each way."""

    def on_socket(socket: Any) -> None:
        server = socket.connect_to_server()
        socket.on_message(lambda message: (time.sleep(LINK), server.send(message)))
        server.on_message(lambda message: (time.sleep(LINK), socket.send(message)))

    page.route_web_socket("**/_stcore/stream", on_socket)


def peer_start_moved(page: Page) -> tuple[list[float], list[float]]:
    """The start moved by a slider, the nearest that three charts can come to a click."""
    return keys(page, "start x")


def surface_changed(page: Page) -> list[float]:
    """Another surface from the list: bytes with its height map."""
    named = page.locator(".st-key-surface input")
    box = named if named.count() else page.locator("[data-testid=stSelectbox] input").first
    sizes = []
    for name in ("rosenbrock", "himmelblau", "rosenbrock"):
        rest(page)
        pictures = page.evaluate("(bench.received = 0, bench.drawn.length)")
        box.click()
        page.keyboard.type(name)
        page.keyboard.press("Enter")
        sizes.append(answer(page, pictures)[1])
    return sizes


def opening(chromium: Browser, address: str) -> tuple[list[float], list[float]]:
    """Page open -> first picture, and -> all of it, with an empty browser cache; the server is warm."""
    times = []
    for _ in range(OPENINGS):
        with opened(chromium, address, 4) as page:
            times.append(page.evaluate("[bench.first ?? bench.drawn[0][1], bench.drawn[0][1]]"))
    first, whole = zip(*times, strict=True)
    return list(first), list(whole)


def later(chromium: Browser, address: str) -> dict[str, list[float]]:
    """Milliseconds from a click on the name of each other page until it is painted, one after the other, in a new profile."""
    times: dict[str, list[float]] = {name: [] for name in PAGES}
    for _ in range(OPENINGS + 1):
        with opened(chromium, address, 4) as page:
            for name, shows in PAGES.items():
                rest(page)
                page.evaluate(
                    "addEventListener('click', () => (bench.acted = performance.now()), { capture: true, once: true })"
                )
                page.locator("[data-testid=stTopNavLink]").get_by_text(name, exact=True).click()
                page.wait_for_selector(shows, timeout=20_000)
                times[name].append(page.evaluate(PAINTED))
    return {name: found[1:] for name, found in times.items()}  # of the first the server has made what all are shown


def playing(page: Page) -> tuple[float, float]:
    """Pictures a second while the race plays: of map and curves, and of the 3D view."""
    flat, whole = page.evaluate(PLAYED, DRAG)
    return flat, whole


def answering(script: Path) -> list[float]:
    """Seconds from the start of the server until it answers."""
    times = []
    for _ in range(OPENINGS):
        begin = time.monotonic()
        with server(script):
            times.append(time.monotonic() - begin)
    return times


def cold(chromium: Browser, script: Path) -> float:
    """Server start -> first picture, with no kernel compiled."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:  # a compiler may still be writing there
        begin = time.monotonic()
        with (
            server(script, NUMBA_CACHE_DIR=folder) as (address, _),
            opened(chromium, address, 4, seen="bench.first || bench.drawn.length > 0"),
        ):
            return time.monotonic() - begin


def versus(name: str, ours: list[float], theirs: list[float] | None, bar: str = "–") -> list[str]:
    ratio = spell(statistics.median(theirs) / statistics.median(ours)) + "×" if theirs else "–"
    return [name, pair(ours), pair(theirs) if theirs else "–", ratio, bar]


def main() -> None:
    app, peer = ROOT / "app.py", Path(__file__).with_name("peer_plotly.py")
    rows = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        version = chromium.version
        with server(app) as (ours, _), server(peer) as (theirs, _):
            with opened(chromium, ours, 4), opened(chromium, theirs, 4):
                pass  # the first visitor of each warms the server
            for runners in (4, 8):
                with opened(chromium, ours, runners) as page, opened(chromium, theirs, runners) as other_page:
                    rounds = [(keys(page), keys(other_page)) for _ in range(ROUNDS)]
                mine, other = (
                    min(sittings, key=lambda s: statistics.median(s[0])) for sittings in zip(*rounds, strict=True)
                )
                scene_name = f"{runners} runners × {STEPS} steps"
                rows.append(versus(f"slider key → new picture, {scene_name} (ms)", mine[0], other[0]))
                sizes = [[size / 1e3 for size in sizes] for _, sizes in (mine, other)]
                rows.append(versus(f"bytes for one slider, {scene_name} (kB)", *sizes))
                print(*rows[-2:], sep="\n")
            for what, take, reach in (("slider", thumb, 40), ("start", grasp, 60)):
                for link, how in ((lambda page: None, ""), (delayed, f", {1000 * LINK:.0f} ms on every message")):
                    with opened(chromium, ours, 8, link) as page:
                        sittings = [followed(page, take, reach) for _ in range(ROUNDS)]
                    rate, times = max(sittings)[0], min((times for _, times in sittings), key=statistics.median)
                    scene_name = f"8 runners × {STEPS} steps{how}"
                    other = "0, nothing is sent" if what == "slider" else "cannot be dragged"
                    bar = verdict(rate, 25, "a second", least=True)
                    rows.append(
                        [f"{what} held and moved, {scene_name}: pictures a second", spell(rate), other, "–", bar]
                    )
                    bar = verdict(statistics.median(times), 33, "ms")
                    rows.append(versus(f"{what} held and moved, {scene_name}: move → painted (ms)", times, None, bar))
                    print(*rows[-2:], sep="\n")
            with opened(chromium, ours, 8) as page, opened(chromium, theirs, 8) as other_page:
                rows.append(
                    versus("slider let go → the server's word on the stage, 8 runners (ms)", released(page), None)
                )
                times, _ = peer_start_moved(other_page)
                rows.append(["another start → new picture, 8 runners (ms)", "see above", pair(times), "–", "–"])
                mine, other = ([b / 1e3 for b in surface_changed(p)] for p in (page, other_page))
                rows.append(versus("bytes for another surface, height map included (kB)", mine, other))
                print(*rows[-3:], sep="\n")
            mine, other = opening(chromium, ours), opening(chromium, theirs)
            bar = verdict(statistics.median(mine[0]) / 1e3, 2, "s")
            rows.append(
                versus("page opened → map and curves, empty browser cache, warm server (ms)", mine[0], other[0], bar)
            )
            rows.append(versus("page opened → the 3D view too (ms)", mine[1], other[1]))
            for name, found in later(chromium, ours).items():
                bar = verdict(statistics.median(found) / 1e3, 1, "s")
                rows.append(versus(f"click in the navigation → {name} (ms)", found, None, bar))
            with opened(chromium, ours, 4) as page:
                flat, whole = map(max, zip(*(playing(page) for _ in range(ROUNDS)), strict=True))
            for what, rate, least in (("map and curves", flat, 30), ("the 3D view", whole, 15)):
                bar = verdict(rate, least, "a second", least=True)
                rows.append([f"4 runners play: pictures of {what} a second", spell(rate), "–", "–", bar])
            print(*rows[-9:], sep="\n")
        size = sum(len(gzip.compress(text.encode())) for text in files().values()) / 1e3
        rows.append(
            ["the engine in the browser, compressed, once (kB)", spell(size), "–", "–", verdict(size, 30, "kB")]
        )
        mine, other = answering(app), answering(peer)
        bar = verdict(statistics.median(mine), 1, "s")
        rows.append(versus("server started → it answers (s)", mine, other, bar))
        times = [cold(chromium, script) for script in (app, peer)]
        name = "server started → first picture, empty kernel cache, once (s)"
        rows.append(
            [name, spell(times[0]), spell(times[1]), spell(times[1] / times[0]) + "×", verdict(times[0], 6, "s")]
        )
        print(*rows[-3:], sep="\n")
        chromium.close()
    write(
        "browser",
        f"{machine('streamlit', 'plotly', 'numba', 'playwright')}, Chromium {version}",
        f"Headless Chromium, 1400 × 900, WebGL draw and read calls stubbed; {KEYS} keys a repetition. The peer is "
        "`peer_plotly.py`, with the same server settings.",
        table(("what", "Descent Lab: median / p95", "three st.plotly_chart: median / p95", "ratio", "bar"), rows),
    )


if __name__ == "__main__":
    main()
