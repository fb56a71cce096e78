"""What a rerun costs the server: a client that speaks Streamlit's websocket protocol, no browser, one tab or a hundred.

Run by hand: `python tests/bench/server.py`. A session opens the race, learns its widgets from the messages that come,
moves a learning rate, and waits for `script_finished`. Like the browser it sends the state of every widget and keeps
the messages that the server may refer to by their hash.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections import Counter
from pathlib import Path
from typing import Any

from common import ROOT, machine, memory_of, pair, percentile, server, spell, table, verdict, write
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

from core import OPTIMIZERS, SURFACES, Runner, Scene

STEPS = 500
MOVES = 60  # of one tab
PAUSE = 0.15  # seconds between two of them
SECONDS = 20  # of a crowd
THINK = (1.0, 3.0)  # seconds between two moves of one person
PATIENCE = 30  # seconds for one run
PASSIVE = {  # widgets that are not moved: their field in a state, and the value they begin with
    "selectbox": ("string_value", lambda w: w.raw_value or w.options[w.default]),
    "checkbox": ("bool_value", lambda w: w.value if w.set_value else w.default),
    "number_input": ("double_value", lambda w: w.value if w.set_value else w.default),
    "text_input": ("string_value", lambda w: w.value if w.set_value else w.default),
    "button_group": (
        "string_array_value",
        lambda w: list(w.raw_values) if w.set_value else [w.options[i].content for i in w.default],
    ),
}


def scene(runners: int) -> Scene:
    """The scene that every benchmark of the app shows."""
    surface = SURFACES["himmelblau"]
    racing = [
        Runner(record.key, {"lr": surface.rate_for(record)}, colour=i)
        for i, record in enumerate(list(OPTIMIZERS.values())[:runners])
    ]
    return Scene(surface=surface.key, steps=STEPS, runners=tuple(racing))


class Failed(Exception):
    """A run that did not end well."""


class Session:
    """One tab."""

    def __init__(self, address: str, query: str, seed: int = 0) -> None:
        self.address, self.query = address.replace("http", "ws", 1), query
        self.random = random.Random(seed)
        self.page = ""
        self.states: dict[str, tuple[str, Any]] = {}
        self.rates: dict[str, tuple[list[str], int]] = {}  # slider id -> its stops, and the one it rests on
        self.cache: dict[str, ForwardMsg] = {}
        self.runs: set[str] = set()

    async def open(self) -> tuple[float, int]:
        self.socket = await connect(
            f"{self.address}/_stcore/stream", subprotocols=["streamlit"], compression=None, max_size=None
        )
        return await self.run()

    async def move(self) -> tuple[float, int]:
        """Move a learning rate by one stop; milliseconds to the end of the run, and bytes received."""
        name = self.random.choice(list(self.rates))
        stops, at = self.rates[name]
        at += self.random.choice([step for step in (-1, 1) if 0 <= at + step < len(stops)])
        self.rates[name] = stops, at
        self.states[name] = "string_array_value", [stops[at]]
        return await self.run()

    async def run(self) -> tuple[float, int]:
        seen: set[str] = set()
        received, earlier = 0, set(self.runs)
        begin = time.perf_counter()
        await self.socket.send(self._request())
        while True:
            data = await asyncio.wait_for(self.socket.recv(), PATIENCE)
            received += len(data)
            message = self._take(ForwardMsg.FromString(data), seen)
            if message.WhichOneof("type") != "script_finished":
                continue
            if message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                continue
            if message.metadata.run.script_run_id in earlier:
                continue
            if message.script_finished != ForwardMsg.FINISHED_SUCCESSFULLY:
                raise Failed(ForwardMsg.ScriptFinishedStatus.Name(message.script_finished))
            self.states = {name: state for name, state in self.states.items() if name in seen}
            return 1e3 * (time.perf_counter() - begin), received

    def _request(self) -> bytes:
        message = BackMsg()
        rerun = message.rerun_script
        rerun.query_string, rerun.page_script_hash = self.query, self.page
        for name, (field, value) in self.states.items():
            state = rerun.widget_states.widgets.add(id=name)
            if field.endswith("array_value"):
                getattr(state, field).data.extend(value)
            else:
                setattr(state, field, value)
        rerun.cached_message_hashes.extend(self.cache)
        rerun.context_info.timezone, rerun.context_info.locale = "UTC", "en-US"
        return message.SerializeToString()

    def _take(self, message: ForwardMsg, seen: set[str]) -> ForwardMsg:
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            message = self.cache[message.ref_hash]
            kind = message.WhichOneof("type")
        elif message.metadata.cacheable:
            self.cache[message.hash] = message
        if kind == "new_session":
            self.page = message.new_session.page_script_hash
            self.runs.add(message.metadata.run.script_run_id)
        elif kind == "navigation":
            self.page = message.navigation.page_script_hash or self.page
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._learn(message.delta.new_element, seen)
        return message

    def _learn(self, element: Any, seen: set[str]) -> None:
        kind = element.WhichOneof("type")
        if kind == "exception":
            raise Failed(f"{element.exception.type}: {element.exception.message}")
        if kind == "slider":
            slider = element.slider
            if slider.type == slider.SELECT_SLIDER:
                stops = list(slider.options)
                at = stops.index(slider.raw_value[0]) if slider.set_value else int(slider.default[0])
                initial = "string_array_value", [stops[at]]
                if slider.label.startswith("η"):
                    known = self.rates.get(slider.id)
                    resting = known[0][known[1]] if known and known[0][known[1]] in stops else stops[at]
                    self.rates[slider.id] = stops, stops.index(resting)
            else:
                initial = "double_array_value", list(slider.value if slider.set_value else slider.default)
            self._keep(slider, initial, seen)
        elif kind in PASSIVE:
            field, read = PASSIVE[kind]
            widget = getattr(element, kind)
            self._keep(widget, (field, read(widget)), seen)

    def _keep(self, widget: Any, initial: tuple[str, Any], seen: set[str]) -> None:
        seen.add(widget.id)
        if widget.id not in self.states or widget.set_value:
            self.states[widget.id] = initial


async def one_tab(address: str, runners: int) -> tuple[list[float], list[float]]:
    """Milliseconds and bytes of moves of one person who is alone; the best of three sittings."""
    sittings = []
    for seed in range(3):
        session = Session(address, scene(runners).to_string(), seed)
        await session.open()
        for _ in range(5):
            await session.move()
        moves = []
        for _ in range(MOVES):
            await asyncio.sleep(PAUSE)
            moves.append(await session.move())
        await session.socket.close()
        sittings.append(([ms for ms, _ in moves], [float(size) for _, size in moves]))
    return min(sittings, key=lambda sitting: statistics.median(sitting[0]))


async def crowd(address: str, process: int, people: int) -> list[str]:
    """A class that opens the race within three seconds and plays on."""
    times: list[float] = []
    sizes: list[float] = []
    firsts: list[float] = []
    errors: Counter[str] = Counter()
    memory = [memory_of(process)]
    end = time.monotonic() + THINK[1] + SECONDS

    async def person(seed: int) -> None:
        session = Session(address, scene(8).to_string(), seed)
        await asyncio.sleep(session.random.uniform(0, THINK[1]))
        try:
            firsts.append((await session.open())[0])
            while True:
                await asyncio.sleep(session.random.uniform(*THINK))
                if time.monotonic() >= end:
                    break
                ms, size = await session.move()
                times.append(ms)
                sizes.append(size)
            await session.socket.close()
        except Exception as error:  # every failure is a figure
            errors[f"{type(error).__name__} {error}"[:60]] += 1

    async def watch() -> None:
        while True:
            memory.append(memory_of(process))
            await asyncio.sleep(0.25)

    watcher = asyncio.create_task(watch())
    await asyncio.gather(*(person(seed) for seed in range(people)))
    watcher.cancel()
    if not times:
        raise SystemExit(f"nothing could be measured: {dict(errors)}")
    return [
        str(people),
        str(len(times)),
        spell(statistics.median(times)),
        spell(percentile(times, 0.95)),
        pair(firsts),
        spell(statistics.median(sizes) / 1e3),
        spell(max(memory)),
        "0" if not errors else "; ".join(f"{count} × {what}" for what, count in errors.items()),
    ]


async def main(script: Path) -> None:
    with server(script) as (address, process):
        alone = []
        for runners in (4, 8):
            times, sizes = await one_tab(address, runners)
            median = statistics.median(times)
            alone.append(
                [
                    f"{runners} runners × {STEPS} steps",
                    pair(times),
                    verdict(median, 25, "ms"),
                    spell(statistics.median(sizes) / 1e3),
                    spell(memory_of(process.pid)),
                ]
            )
            print(alone[-1])
        crowds = []
        for people in (20, 50, 100):
            crowds.append(await crowd(address, process.pid, people))
            print(crowds[-1])
    write(
        "server",
        machine("streamlit", "numba", "numpy", "websockets"),
        f"One person moves a learning rate, {MOVES} moves, {PAUSE:g} s between two: time from the request to "
        "`script_finished`.",
        table(("scene", "median / p95 (ms)", "bar for the median", "kB received", "server memory (MB)"), alone),
        f"Many at once, each with 8 runners × {STEPS} steps, thinking {THINK[0]:g}–{THINK[1]:g} s between two moves, for "
        f"{SECONDS} s. Client and server share the same cores.",
        table(
            (
                "sessions",
                "moves",
                "p50 (ms)",
                "p95 (ms)",
                "opening, p50 / p95 (ms)",
                "kB a move",
                "peak memory (MB)",
                "errors",
            ),
            crowds,
        ),
    )


if __name__ == "__main__":
    asyncio.run(main(ROOT / "app.py"))
