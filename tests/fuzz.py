"""Look for input that breaks what is promised, guided by the lines that it reaches. Run by hand, on Linux:

    pip install atheris
    python tests/fuzz.py link 600        # or function, or act; for so many seconds

It ends at the first input that raises, takes more than a second, or makes the process larger than 1 GB, and prints it.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from inspect import isfunction
from pathlib import Path

import atheris

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]

import hostile  # noqa: E402  (it is found in one of these folders)

READERS = (  # whose lines are watched. What the engine compiles cannot be.
    *(f"core.scene.{name}" for name in ("mending", "query", "plain", "runner", "values")),
    *(f"core.expression.{name}" for name in ("parse", "tokens", "grammar", "mends", "spelling", "names")),
    *("pages.maps.atlas", "pages.catalogue.entries"),
)
BEGINNINGS = {
    "link": [
        hostile.FIRST.to_string(),
        "surface=expression&f=x%5E2&bounds=-1~1~-1~1",
        "map=starts&of=adam&across=lr~0.1~1",
    ],
    "function": ["x^2/20 + y^2", "sin(3*x) + hypot(x, y - 1)", "(x-1)**4+abs(y)/0"],
    "act": [
        '{"start":[1,2],"live":true}',
        '{"set":{"0.lr":0.1,"steps":30},"toggle":1}',
        '{"view":{"step":3,"window":[0,1,0,1]}}',
    ],
}


def main(kind: str, seconds: str = "60") -> None:
    take = getattr(hostile, kind)
    for name in READERS:
        for function in list(vars(import_module(name)).values()):
            if isfunction(function) and function.__module__ == name:
                atheris.instrument_func(function)

    def one(data: bytes) -> None:
        text = data.decode("utf-8", errors="surrogateescape")
        if kind == "act":
            try:
                text = json.loads(text)
            except (ValueError, RecursionError):
                return
        hostile.timed(take, text)

    seeds = Path(__file__).parents[1] / "build" / "fuzz" / kind
    seeds.mkdir(parents=True, exist_ok=True)
    for i, text in enumerate(BEGINNINGS[kind]):
        (seeds / str(i)).write_text(text, encoding="utf-8")
        one(text.encode())  # what is compiled once is nobody's time
    atheris.Setup([sys.argv[0], str(seeds), f"-max_total_time={seconds}", "-max_len=2000", "-rss_limit_mb=1024"], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
