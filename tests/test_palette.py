"""The ten pens: readable on both pages, and apart from one another for every kind of eye.

Colour vision is simulated after Machado, Oliveira and Fernandes (2009), at severity 1; differences are
measured by CIEDE2000 (Sharma, Wu and Dalal, 2005). Two pens of one dash are told apart by colour alone
and must differ by 10 for everybody; two pens of different dashes by 5, so that they are not one colour.
"""

from __future__ import annotations

import itertools
import tomllib
from pathlib import Path

import numpy as np
import pytest

from core.figures.palette import PENS
from core.scene import MAX_RUNNERS

THEME = tomllib.loads((Path(__file__).parents[1] / ".streamlit/config.toml").read_text("utf-8"))["theme"]
PAPER = {page: THEME[page]["backgroundColor"] for page in ("light", "dark")}
CONTRAST = 3.0  # WCAG 2.2, 1.4.11: graphical objects
APART = 10.0  # CIEDE2000, by colour alone; 2 is what an eye notices side by side
AT_ALL = 5.0  # CIEDE2000, where the dash differs too

# Machado et al. (2009), table of the supplement, severity 1.0; for linear RGB.
EYES = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def linear(colour):
    """#rrggbb -> linear RGB."""
    c = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def contrast(a, b):
    """The ratio of WCAG 2: from 1 to 21."""
    high, low = sorted((float(linear(c) @ (0.2126, 0.7152, 0.0722)) for c in (a, b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def lab(rgb):
    """Linear RGB -> CIE Lab, white D65."""
    matrix = np.array(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    )
    ratio = matrix @ np.clip(rgb, 0, 1) / matrix.sum(axis=1)
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def ciede2000(one, two):
    """Difference of two Lab colours."""
    (l1, a1, b1), (l2, a2, b2) = one, two
    c7 = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7
    g = 0.5 * (1 - np.sqrt(c7 / (c7 + 25**7)))
    a1, a2 = (1 + g) * a1, (1 + g) * a2
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = (np.degrees(np.arctan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    dh = 0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    dl, dc, dH = l2 - l1, c2 - c1, 2 * np.sqrt(c1 * c2) * np.sin(np.radians(dh / 2))
    lm, cm = (l1 + l2) / 2, (c1 + c2) / 2
    hm = (
        h1 + h2
        if c1 * c2 == 0
        else (h1 + h2) / 2
        if abs(h1 - h2) <= 180
        else (h1 + h2 + 360 * (1 if h1 + h2 < 360 else -1)) / 2
    )
    t = 1 + sum(
        w * np.cos(np.radians(k * hm + s)) for w, k, s in ((-0.17, 1, -30), (0.24, 2, 0), (0.32, 3, 6), (-0.2, 4, -63))
    )
    sl = 1 + 0.015 * (lm - 50) ** 2 / np.sqrt(20 + (lm - 50) ** 2)
    sc, sh = 1 + 0.045 * cm, 1 + 0.015 * cm * t
    rc = 2 * np.sqrt(cm**7 / (cm**7 + 25**7))
    rt = -np.sin(np.radians(60 * np.exp(-(((hm - 275) / 25) ** 2)))) * rc
    return float(np.sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dH / sh) ** 2 + rt * dc / sc * dH / sh))


def difference(a, b, eye="normal"):
    return ciede2000(*(lab(EYES[eye] @ linear(colour)) for colour in (a, b)))


def test_the_measures_against_published_values():
    # Sharma, Wu and Dalal (2005), pairs 1, 7, 13, 16, 17 and 25 of their table.
    for one, two, published in [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 0, 0), (50, -1, 2), 2.3669),
        ((50, -0.0010, 2.4900), (50, 0.0011, -2.4900), 4.7461),
        ((50, 2.5, 0), (50, 0, -2.5), 4.3065),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ]:
        assert ciede2000(one, two) == pytest.approx(published, abs=1e-4)
        assert ciede2000(two, one) == pytest.approx(published, abs=1e-4)
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)
    assert lab(linear("#FF0000")) == pytest.approx([53.24, 80.09, 67.20], abs=0.01)
    for matrix in EYES.values():
        np.testing.assert_allclose(matrix.sum(axis=1), 1, atol=2e-6)  # grey stays grey


def test_ten_pens_all_different():
    assert len(PENS) == MAX_RUNNERS == 10
    for page in PAPER:
        assert len({getattr(pen, page).upper() for pen in PENS}) == 10
    assert {pen.dash for pen in PENS} <= {"solid", "dash", "dot", "dashdot"}


@pytest.mark.parametrize("page", PAPER)
@pytest.mark.parametrize("pen", PENS, ids=lambda pen: pen.name.en)
def test_a_pen_stands_out_from_its_page(pen, page):
    assert contrast(getattr(pen, page), PAPER[page]) >= CONTRAST


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("page", PAPER)
def test_two_pens_of_one_dash_differ_in_colour_for_every_eye(page, eye):
    near = {
        f"{a.name.en} {getattr(a, page)}, {b.name.en} {getattr(b, page)} ({a.dash}, {b.dash})": round(apart, 1)
        for a, b in itertools.combinations(PENS, 2)
        if (apart := difference(getattr(a, page), getattr(b, page), eye)) < (APART if a.dash == b.dash else AT_ALL)
    }
    assert near == {}
