"""Ten colours and dashes that stay apart on both themes, in print, and for colour-blind eyes.

They start from the palette of Okabe and Ito (2008), darkened or lightened where they would drown in the
paper and moved apart until a test for protanopia, deuteranopia and tritanopia was satisfied. Each also
has a dash, so colour is never alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.spec import Text

Dash = Literal["solid", "dash", "dot", "dashdot"]


@dataclass(frozen=True)
class Pen:
    """How a runner is drawn in every view, table and export."""

    name: Text
    light: str  # on a light page
    dark: str  # on a dark page
    dash: Dash


PENS: tuple[Pen, ...] = (
    Pen(Text("blue", "파랑"), "#0076B7", "#5CB3EC", "solid"),
    Pen(Text("vermillion", "주황빛 빨강"), "#D55E00", "#FF8A3D", "solid"),
    Pen(Text("bluish green", "청록"), "#009E73", "#1CE4AF", "solid"),
    Pen(Text("reddish purple", "자주"), "#B25484", "#E39BBC", "solid"),
    Pen(Text("ochre", "황토"), "#955D03", "#F3C23C", "dash"),
    Pen(Text("ink", "먹색"), "#222222", "#F2F2F2", "dash"),
    Pen(Text("sky", "하늘"), "#3B8FC4", "#9AD1F5", "dash"),
    Pen(Text("brick", "벽돌"), "#862B17", "#F76A57", "dot"),
    Pen(Text("olive", "올리브"), "#5E7839", "#B6DB6E", "dot"),
    Pen(Text("violet", "보라"), "#5B3FA0", "#A587FF", "dashdot"),
)
