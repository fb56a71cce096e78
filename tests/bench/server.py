"""What a move costs the server: a client that speaks Streamlit's websocket protocol, no browser, one tab or hundreds.

Run by hand: `python tests/bench/server.py`. A session opens the race, learns its widgets from the messages that come,
moves one, and waits for `script_finished`. Like the browser it sends the state of every widget and keeps the messages
that the server may refer to by their hash.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import json
import math
import random
import statistics
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from common import (
    ROOT,
    machine,
    memory_of,
    pair,
    percentile,
    processor_time,
    proxied,
    server,
    spell,
    table,
    verdict,
    write,
)
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from tab import given, kind_of, options
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from core import OPTIMIZERS, SURFACES, Runner, Scene
from core.scene import MAX_STEPS
from pages.shared.boot import TIDY
from pages.shared.thrift import AWAY

STEPS = 500
MOVES = 40  # of one tab
PAUSE = 0.15  # seconds between two of them
REST, RESTS = 5.0, 0.02  # seconds in which a server rests that computes less than this share of them
SECONDS = 60  # of a crowd
WAKING = 12.0  # seconds in which a server that has just started loads the kernels behind
WAVES = 5
ARRIVAL = 5.0  # seconds in which a crowd opens the page
THINK = (1.0, 3.0)  # seconds between two moves of one person
PATIENCE = 30  # seconds for one run
WELL = {ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY}

# What people do: kinds of widgets, and how often each is taken. "start" is the handle on the map, "scene" what changes
# the surface, "rest" whatever else the page shows.
SLIDERS = {"slider": 1.0}
CLASS = {"slider": 0.8, "start": 0.1, "scene": 0.05, "rest": 0.05}
ANYTHING: dict[str, float] = {}  # every widget alike
FLOOR = "Streamlit's floor: a slider and one line"
CROWDS = [  # people, what they do, its name, bars in milliseconds for the 95th percentile and MB of memory
    (100, SLIDERS, "sliders", 100, 400),
    (250, SLIDERS, "sliders", 100, 400),
    (400, SLIDERS, "sliders", 300, 500),
    (250, CLASS, "a class: 80 % sliders, 10 % starts, 5 % surfaces, 5 % the rest", 200, 500),
    (250, ANYTHING, "any widget", 1000, 500),
]


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
    """One tab. widgets: what the page shows, id -> message; states: what each of them holds."""

    def __init__(self, address: str, query: str, seed: int = 0, place: str = "") -> None:
        self.address, self.query, self.place = address.replace("http", "ws", 1), query, place
        self.random = random.Random(seed)
        self.page = self.stage = ""
        self.widgets: dict[str, Any] = {}
        self.parts: dict[str, str] = {}  # the fragment in which a widget stands
        self.states: dict[str, tuple[str, Any]] = {}
        self.cache: dict[str, ForwardMsg] = {}
        self.runs: set[str] = set()
        self.acts = seed * 1_000_000

    async def open(self) -> tuple[float, int]:
        self.socket = await connect(
            f"{self.address}/_stcore/stream", subprotocols=["streamlit"], compression=None, max_size=None
        )
        return await self.run()

    async def move(self, habits: dict[str, float] = SLIDERS, only: str = "") -> tuple[float, int]:
        """Move one widget to a random value; milliseconds to the end of the run, and bytes received.

        only: what its key ends with.
        """
        kind = self.random.choices(list(habits), list(habits.values()))[0] if habits else ""
        if kind == "start":
            return await self.run(
                self.parts[self.stage], start=[self.random.uniform(-4, 4), self.random.uniform(-4, 4)]
            )
        name = self.random.choice([name for name in self.widgets if self._is(kind, name) and name.endswith(only)])
        self.turn(name)
        return await self.run(self.parts[name])

    def turn(self, name: str) -> None:
        """Set a widget to a random value."""
        field, held = self.states[name]
        self.states[name] = field, self._another(self.widgets[name], held)

    def _is(self, kind: str, name: str) -> bool:
        """Whether a widget is of a kind."""
        proto = self.widgets[name]
        if proto.disabled or type(proto).__name__ == "TextInput":
            return False
        if not kind:
            return True
        slides = type(proto).__name__ == "Slider"
        changes = name.endswith("-surface")
        return {"slider": slides, "scene": changes, "rest": not slides and not changes}[kind]

    def _another(self, proto: Any, held: Any) -> Any:
        names, kind = options(proto), type(proto).__name__
        if kind == "Checkbox":
            return not held
        if kind == "NumberInput":
            return held + self.random.choice([-1, 1]) * proto.step
        if kind == "Slider" and not names:
            return [self.random.uniform(proto.min, proto.max) for _ in held]
        if kind == "Slider":
            return sorted((self.random.choice(names) for _ in held), key=names.index)
        other = self.random.choice(names)
        return other if kind == "Selectbox" else [other]

    async def run(self, fragment: str = "", **act: Any) -> tuple[float, int]:
        seen: set[str] = set()
        received, earlier = 0, set(self.runs)
        begin = time.perf_counter()
        await self.socket.send(self._request(act))
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
            if message.script_finished not in WELL:
                raise Failed(ForwardMsg.ScriptFinishedStatus.Name(message.script_finished))
            if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                self.widgets = {name: proto for name, proto in self.widgets.items() if name in seen}
                self.states = {name: state for name, state in self.states.items() if name in seen}
            return 1e3 * (time.perf_counter() - begin), received

    def _request(self, act: dict[str, Any]) -> bytes:
        message = BackMsg()
        rerun = message.rerun_script
        rerun.query_string, rerun.page_script_hash = self.query, self.page
        rerun.page_name = "" if self.page else self.place
        for name, (kind, value) in self.states.items():
            if value is None:
                continue
            state = rerun.widget_states.widgets.add(id=name)
            if kind.endswith("array_value"):
                getattr(state, kind).data.extend(value)
                getattr(state, kind).SetInParent()
            else:
                setattr(state, kind, value)
        if act:
            self.acts += 1
            what = [{"event": "act", "value": {**act, "id": self.acts}}]
            rerun.widget_states.widgets.add(
                id=_make_trigger_id(self.stage, "events"), json_trigger_value=json.dumps(what)
            )
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
            self._learn(message.delta.new_element, message.delta.fragment_id, seen)
        return message

    def _learn(self, element: Any, part: str, seen: set[str]) -> None:
        kind = element.WhichOneof("type")
        if kind == "exception":
            raise Failed(f"{element.exception.type}: {element.exception.message}")
        proto = getattr(element, kind)
        if kind == "bidi_component" and proto.id.endswith("-stage"):
            self.stage = proto.id
            self.parts[proto.id] = part
        field = kind_of(proto)
        if not field:
            return
        seen.add(proto.id)
        self.widgets[proto.id], self.parts[proto.id] = proto, part
        if proto.id not in self.states or proto.set_value:
            self.states[proto.id] = field, given(proto, field)


async def at_rest(process: int) -> float:
    """Processor time in a second of a server that nobody asks for anything, when it has loaded what it loads behind."""
    share = math.inf
    while share > RESTS:
        before = processor_time(process)
        await asyncio.sleep(REST)
        share = (processor_time(process) - before) / REST
    return share


async def one_tab(address: str, process: int, query: str, only: str) -> tuple[list[float], list[float], float]:
    """Milliseconds and bytes of moves of one person who is alone, and the server's processor time for each, without what it
    computes at rest; the best sitting.

    only: what the keys of the sliders end with that are moved.
    """
    sittings, idle = [], await at_rest(process)
    for seed in range(3):
        session = Session(address, query, seed)
        await session.open()
        for _ in range(5):
            await session.move(only=only)
        before, begin, moves = processor_time(process), time.monotonic(), []
        for _ in range(MOVES):
            await asyncio.sleep(PAUSE)
            moves.append(await session.move(only=only))
        computed = processor_time(process) - before - idle * (time.monotonic() - begin)
        spent = 1e3 * computed / MOVES
        await session.socket.close()
        sittings.append(([ms for ms, _ in moves], [float(size) for _, size in moves], spent))
    return min(sittings, key=lambda sitting: sitting[2])


@dataclass
class Played:
    """What many people have seen. times, sizes: milliseconds and bytes of every move. firsts: milliseconds of every opening."""

    times: list[float] = field(default_factory=list)
    sizes: list[float] = field(default_factory=list)
    firsts: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)

    @property
    def said(self) -> str:
        """The errors."""
        return "; ".join(f"{count} × {what}" for what, count in self.errors.items()) or "0"


async def play(
    address: str, people: int, habits: dict[str, float], seconds: float = SECONDS, query: str | None = None
) -> Played:
    """Many people who open a page within some seconds and play on. query: what their link says; without it, the race."""
    played = Played()
    end = time.monotonic() + ARRIVAL + seconds

    async def person(seed: int) -> None:
        session = Session(address, scene(4).to_string() if query is None else query, seed)
        await asyncio.sleep(session.random.uniform(0, ARRIVAL))
        try:
            played.firsts.append((await session.open())[0])
            while True:
                await asyncio.sleep(session.random.uniform(*THINK))
                if time.monotonic() >= end:
                    break
                ms, size = await session.move(habits)
                played.times.append(ms)
                played.sizes.append(size)
            await session.socket.close()
        except Exception as error:  # every failure is a figure
            played.errors[f"{type(error).__name__} {error}"[:60]] += 1

    await asyncio.gather(*(person(seed) for seed in range(people)))
    if not played.times:
        raise SystemExit(f"nothing could be measured: {dict(played.errors)}")
    return played


async def crowd(
    address: str,
    processes: list[int],
    people: int,
    habits: dict[str, float],
    name: str,
    bar: float | None = None,
    most: float | None = None,
    query: str | None = None,
) -> list[str]:
    """A row of the table: many people, and what they do. Of the memory of several processes the largest counts."""
    memory, before = [0.0], sum(map(processor_time, processes))

    async def watch() -> None:
        while True:
            memory.extend(map(memory_of, processes))
            await asyncio.sleep(0.25)

    watcher = asyncio.create_task(watch())
    played = await play(address, people, habits, query=query)
    watcher.cancel()
    times = played.times
    return [
        str(people),
        name,
        str(len(times)),
        spell(statistics.median(times)),
        spell(percentile(times, 0.95)),
        verdict(percentile(times, 0.95), bar, "ms") if bar else "",
        spell(1e3 * (sum(map(processor_time, processes)) - before) / (len(times) + people)),
        pair(played.firsts),
        spell(statistics.median(played.sizes) / 1e3),
        spell(max(memory)),
        verdict(max(memory), most, "MB") if most else "",
        played.said,
    ]


async def beside_a_map(address: str) -> tuple[Played, Played]:
    """What fifty people see who move sliders: by themselves, and while somebody computes the largest maps that there are."""

    async def compute() -> None:
        for seed in itertools.count():  # half a minute each, or more
            giant = Scene(
                "rastrigin", steps=MAX_STEPS, noise=0.5, rotation=30.0, seed=seed, runners=(Runner("newton"),)
            )
            visitor = Session(address, f"{giant.to_string()}&map=starts&of=0", place="maps")
            await visitor.open()
            await visitor.socket.close()

    alone = await play(address, 50, SLIDERS, 20)
    other = asyncio.create_task(compute())
    await asyncio.sleep(3)
    beside = await play(address, 50, SLIDERS, 20)
    if other.done():
        raise SystemExit(f"the maps did not last: {other.exception()}")
    other.cancel()
    return alone, beside


async def growth(address: str, process: int) -> tuple[float, float]:
    """MB that the server has kept after four more waves of forty people than after the first, each gone before the next; and
    MB that five more add, when those are kept already who may come back."""
    after = []
    for wave in range(2 * WAVES):
        people = [Session(address, scene(4).to_string(), seed) for seed in range(40 * wave, 40 * wave + 40)]
        await asyncio.gather(*(person.open() for person in people))
        for _ in range(5):
            await asyncio.gather(*(person.move() for person in people))
        await asyncio.gather(*(person.socket.close() for person in people))
        await asyncio.sleep(2 if (wave + 1) % WAVES else TIDY + 5)
        visitor = Session(address, scene(4).to_string())  # who comes lets the others be forgotten
        await visitor.open()
        await visitor.socket.close()
        await asyncio.sleep(1)
        after.append(memory_of(process))
    return after[WAVES - 1] - after[0], after[-1] - after[WAVES - 1]


async def together(address: str, people: int) -> tuple[list[float], int]:
    """Milliseconds until the page of each of many who open it in one moment is complete, and how many see an error."""

    async def open_one(seed: int) -> float | None:
        session = Session(address, scene(4).to_string(), seed)
        begin = time.perf_counter()
        try:
            await session.open()
        except Exception:
            return None
        return 1e3 * (time.perf_counter() - begin)

    found = await asyncio.gather(*(open_one(seed) for seed in range(people)))
    return [ms for ms in found if ms is not None], found.count(None)


async def deaf(address: str, process: int, people: int = 5) -> float:
    """MB that people cost who go on moving sliders and never read what comes."""
    sessions = [Session(address, scene(4).to_string(), seed) for seed in range(people)]
    for session in sessions:
        await session.open()
    before = memory_of(process)
    for _ in range(100):
        for session in sessions:
            session.turn(next(name for name in session.widgets if name.endswith(".lr")))
            await session.socket.send(session._request({}))
        await asyncio.sleep(0.2)
    return memory_of(process) - before


async def awake(address: str, processes: int) -> None:
    """Each process behind an address has had its first visitor, and has loaded the kernels."""
    for _ in range(2 * processes):  # whom the proxy leads to them in turn
        await Session(address, scene(4).to_string()).open()
    await asyncio.sleep(WAKING)


async def one_dies(address: str, process: Any) -> list[str]:
    """A row: one of two processes is killed while a hundred move sliders. Those who were there come back at once."""
    sessions = [Session(address, scene(4).to_string(), seed) for seed in range(100)]
    for session in sessions:
        await session.open()
    died, back, errors = 0.0, [], Counter[str]()

    async def person(session: Session) -> None:
        while not died or time.monotonic() < died + 10:
            await asyncio.sleep(session.random.uniform(*THINK))
            scene_before = session.query
            try:
                await session.move()
            except ConnectionClosed:
                heir = Session(address, scene_before, session.acts)
                heir.random = session.random
                await heir.open()
                back.append(time.monotonic() - died)
                if heir.query != scene_before:
                    errors["another scene"] += 1
                session = heir
            except Exception as error:  # every failure is a figure
                errors[f"{type(error).__name__} {error}"[:60]] += 1

    async def kill() -> None:
        nonlocal died
        await asyncio.sleep(10)
        died = time.monotonic()
        process.kill()

    await asyncio.gather(kill(), *(person(session) for session in sessions))
    said = "; ".join(f"{count} × {what}" for what, count in errors.items()) or "0"
    return [
        "one of two processes behind nginx killed, 100 people: who came back with their scene, after (s) p50 / p95, errors",
        f"{len(back)}, {pair(back)}, {said}",
        verdict(sum(errors.values()), 0, "errors"),
    ]


async def ends(script: Path) -> list[list[str]]:
    """What a server is asked at its limits."""
    rows = []
    with server(script) as (address, process):
        await Session(address, scene(4).to_string()).open()
        await asyncio.sleep(WAKING)
        first, second = await growth(address, process.pid)
        for what, more in (
            (f"five waves of 40 people: growth after the first, while the last {AWAY} may come back (MB)", first),
            ("five more waves: growth (MB)", second),
        ):
            rows.append([what, spell(max(more, 0.0)), verdict(more, 15, "MB")])
        more = await deaf(address, process.pid)
        rows.append(["five clients that never read: growth (MB)", spell(max(more, 0.0)), verdict(more, 25, "MB")])
        alone, beside = await beside_a_map(address)
        rows.append(
            [
                "50 people move sliders while one computes the largest map: p50 / p95 (ms), errors; without the map",
                f"{pair(beside.times)}, {beside.said}; {pair(alone.times)}, {alone.said}",
                verdict(percentile(beside.times, 0.95), 500, "ms"),
            ]
        )
    for people, cold, bar in ((100, True, 8000), (250, False, 5000)):
        with server(script) as (address, _):
            if not cold:
                await Session(address, scene(4).to_string()).open()
                await asyncio.sleep(WAKING)
            times, errors = await together(address, people)
            what = f"{people} tabs opened in one moment, {'cold' if cold else 'warm'} server: p50 / p95 (ms), errors"
            rows.append([what, f"{pair(times)}, {errors}", verdict(percentile(times, 0.95), bar, "ms")])
    with server(script, files=1024) as (address, _):
        await Session(address, scene(4).to_string()).open()
        await asyncio.sleep(WAKING)
        errors = sum([(await together(address, 50))[1] for _ in range(5)])
        rows.append(["250 sessions where 1,024 files may be open: errors", str(errors), verdict(errors, 0, "errors")])
    for row in rows:
        print(row)
    return rows


async def main(script: Path) -> None:
    gc.disable()  # a pause of the clients is none of the server's
    here = Path(__file__).parent
    alone = []
    for page, query, only, name in (
        (script, scene(4), ".lr", "4 runners, a learning rate"),
        (script, scene(4), "", "4 runners, any slider"),
        (script, scene(8), ".lr", "8 runners, a learning rate"),
        (script, scene(8), "", "8 runners, any slider"),
        (here / "peer_plotly.py", scene(4), "rate 0", "three `st.plotly_chart`, 4 runners, a learning rate"),
        (here / "peer_empty.py", scene(4), "", FLOOR),
    ):
        with server(page) as (address, process):
            await Session(address, query.to_string()).open()
            times, sizes, spent = await one_tab(address, process.pid, query.to_string(), only)
        size = statistics.median(sizes) / 1e3
        bars = (verdict(spent, 4, "ms"), verdict(size, 5, "kB")) if name.startswith("4 ") else ("", "")
        alone.append([name, pair(times), spell(spent), bars[0], spell(size), bars[1]])
        print(alone[-1])
    crowds = []
    for people, habits, name, bar, most in CROWDS:
        with server(script) as (address, process):
            await Session(address, scene(4).to_string()).open()  # as the first visitor does, who wakes it
            await asyncio.sleep(WAKING)
            crowds.append(await crowd(address, [process.pid], people, habits, name, bar, most))
            print(crowds[-1])
    for people in (100, 250):
        with server(here / "peer_empty.py") as (address, process):
            await Session(address, "").open()
            crowds.append(await crowd(address, [process.pid], people, SLIDERS, FLOOR, query=""))
            print(crowds[-1])
    for count in (1, 2):
        with proxied(script, count) as (address, processes):
            await awake(address, count)
            name = f"any widget, {('one process', 'two processes')[count - 1]} behind nginx"
            ids = [process.pid for process in processes]
            crowds.append(await crowd(address, ids, 250, ANYTHING, name, (1000, 300)[count - 1], 500))
            print(crowds[-1])
            if count == 2:
                killed = await one_dies(address, processes[0])
                print(killed)
    report(alone, crowds, [*await ends(script), killed])


def report(alone: list[list[str]], crowds: list[list[str]], limits: list[list[str]]) -> None:
    """Write what was measured: of one person, of many, at the limits."""
    write(
        "server",
        machine("streamlit", "numba", "numpy", "websockets", "uvloop"),
        f"One person moves a slider to a random value, {MOVES} moves, {PAUSE:g} s between two: time from the request to "
        "`script_finished`, and what the server's process has computed meanwhile beyond what it computes at rest.",
        table(("scene", "median / p95 (ms)", "processor time a move (ms)", "bar", "kB received", "bar"), alone),
        f"Many at once, each with 4 runners × {STEPS} steps, thinking {THINK[0]:g}–{THINK[1]:g} s between two moves, for "
        f"{SECONDS} s after {ARRIVAL:g} s in which they open the page; everything is moved to a random value. One process; "
        "clients and server share the same cores.",
        table(
            (
                "sessions",
                "what they move",
                "moves",
                "p50 (ms)",
                "p95 (ms)",
                "bar",
                "processor time a move or opening (ms)",
                "opening, p50 / p95 (ms)",
                "kB a move",
                "peak memory (MB)",
                "bar",
                "errors",
            ),
            crowds,
        ),
        "At its limits:",
        table(("what", "measured", "bar"), limits),
    )


if __name__ == "__main__":
    asyncio.run(main(ROOT / "app.py"))
