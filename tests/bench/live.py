"""The engine in the browser: how long ten runners take in Chromium, beside `descend` on the same machine.

Run by hand: `python tests/bench/live.py`. No server and no picture: what is measured is the time between a slider that has
moved and paths that can be drawn.
"""

from __future__ import annotations

import gzip
import shutil
import statistics
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from common import ROOT, best, machine, pair, spell, table, timed, verdict, write
from playwright.sync_api import sync_playwright
from server import scene

sys.path.insert(0, str(ROOT / "tests"))
from served import opened

from core import OPTIMIZERS, Formula, Runner, Scene
from core.browser import files, runner_header, scene_header
from core.scene import MAX_RUNNERS

FRAMES = 200  # moves of a slider
BAR = 5.0  # milliseconds for ten runners of 500 steps
ROOM = 30.0  # kB, compressed
WATCH = """async ({ scene, runners, frames }) => {
  const { descend } = await import("./descend.js");
  const times = [];
  for (let i = 0; i < frames; i++) {
    const begin = performance.now();
    for (const runner of runners) {
      const hypers = { ...runner.hypers, lr: runner.hypers.lr * (1 + i / frames / 10) };
      descend({ ...scene, ...runner, hypers });
    }
    times.push(performance.now() - begin);
  }
  return times;
}"""


def scenes() -> Iterator[tuple[str, Scene]]:
    """What is raced: ten runners, 500 steps."""
    plain = replace(scene(10), steps=500)
    looking = [Runner(key) for key, record in OPTIMIZERS.items() if record.plane]
    yield "10 runners", plain
    yield "10 runners, turned", replace(plain, rotation=30.0, stretch=2.0)
    yield "10 runners, noise", replace(plain, noise=0.3)
    yield "10 runners, noise, on 121 minima", replace(plain, noise=0.3, surface="rastrigin")
    yield "10 runners, 4 of 32 examples a step", replace(plain, surface="least_squares", batch=4)
    yield "10 runners, typed function", replace(plain, surface=Formula("(1 - x)^2 + 20*(y - sin(x))^2"))
    for begin in range(0, len(looking), MAX_RUNNERS):
        some = tuple(looking[begin : begin + MAX_RUNNERS])
        yield (
            f"of the methods that look around, {some[0].record.name} to {some[-1].record.name}",
            replace(plain, runners=some),
        )


def told(raced: Scene, frames: int = FRAMES) -> dict[str, Any]:
    runners = [runner_header(raced, runner) for runner in raced.runners]
    return {"scene": scene_header(raced), "runners": runners, "frames": frames}


def main() -> None:
    rows = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        version = chromium.version
        for name, raced in scenes():
            page = opened(chromium, files())
            first = page.evaluate(WATCH, told(raced, 1))
            ours = best(lambda page=page, raced=raced: page.evaluate(WATCH, told(raced)))
            server = best(lambda raced=raced: timed(lambda: [raced.run(r) for r in raced.runners], FRAMES))
            bar = verdict(statistics.median(ours), BAR, "ms")
            rows.append([name, pair(ours), spell(first[0]), spell(statistics.median(server)), bar])
            page.close()
        chromium.close()
    sizes = {name: len(gzip.compress(text.encode(), 9)) / 1000 for name, text in files().items()}
    write(
        "live",
        f"{machine('numba', 'playwright')}, Chromium {version}",
        f"All runners of a scene, 500 steps each, after a learning rate has changed; headless, {FRAMES} times. The first time "
        "is in a page that has just loaded the modules, before anything is compiled; the server has every kernel ready, "
        "and neither sending nor drawing is in these figures.",
        table(("ms", "browser: median / p95", "browser: first time", "`descend`: median", "bar"), rows),
        f"The modules take {spell(sum(sizes.values()))} kB compressed ({verdict(sum(sizes.values()), ROOM, 'kB')}): "
        + ", ".join(f"{name} {spell(size)}" for name, size in sizes.items())
        + ".",
    )


if __name__ == "__main__":
    main()
