"""The first visitor of a server that has no kernels yet does not wait for the compiler."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from browser.conftest import new_page, serving

from core import Runner, Scene

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCENE = Scene(
    "bowl", start=(3.0, 2.0), steps=60, runners=(Runner("sgd", {"lr": 0.05}), Runner("momentum", {"lr": 1.5}, colour=1))
)
RUNNERS = "document.querySelector('.dl-stage').stage.runners"
PATHS = f"{RUNNERS}.map((runner) => Array.from({{ length: runner.length }}, (_, i) => [runner.x(i), runner.y(i), runner.gap(i)]))"
TOLD = f"{RUNNERS}.map(({{ outcome, when, verdict }}) => [outcome, when, verdict])"
RULERS = "[...document.querySelectorAll('.dl-ruler p')].map((ruler) => ruler.textContent)"


def test_the_first_picture_waits_for_no_compiler(flat: Any, tmp_path: Path) -> None:
    """It is the browser's own, rulers and all, and the same as that of the server, whose words come when it knows them."""
    kernels = tmp_path / "kernels"
    with serving(tmp_path, NUMBA_CACHE_DIR=str(kernels)) as address:
        page = new_page(flat)
        page.goto(f"{address}/?{SCENE.to_string()}&lang=en")
        page.wait_for_selector(".dl-stage[data-drawn]")
        assert not list(kernels.glob("*/loop.*.nbc")), "the picture has waited for the run loop"
        paths, told = page.evaluate(PATHS), page.evaluate(TOLD)
        assert [len(path) for path in paths] == [61, 61]
        page.wait_for_function(f"{RULERS}.every((ruler) => /≈\\s[0-9]/.test(ruler))")
        rulers = page.evaluate(RULERS)
        page.wait_for_function(f"{RUNNERS}.every(({{ path }}) => typeof path === 'string')")
        assert page.evaluate(RULERS) == rulers
        assert list(kernels.glob("*/loop.*.nbc"))
        assert page.evaluate(PATHS) == paths, "nothing jumps"
        words = page.evaluate(TOLD)
        assert [told[:2] for told in words] == [told[:2] for told in told]
        assert all(len(long[2]) > len(short[2]) for long, short in zip(words, told, strict=True)), "the server says why"
        page.close()
