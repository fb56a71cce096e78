"""The obvious way to show the same scene: a slider a runner and three `st.plotly_chart`. For browser.py to compare with."""

from functools import lru_cache

import numpy as np
import pandas  # noqa: F401  (before plotly, as in the pages that draw with it)
import plotly.graph_objects as go
import streamlit as st

from core import Scene
from core.figures.palette import PENS
from core.figures.relief import relief

st.set_page_config(layout="wide")


@lru_cache(maxsize=8)
def height_map(scene_surface):
    record = Scene(surface=scene_surface).record
    return relief(record.value, record.bounds)


def heights(f):
    """On the scale that the app chooses too."""
    with np.errstate(all="ignore"):
        return np.log10(1 + (f - ground.low) / ground.unit) if ground.scale == "log" else f


scene, _ = Scene.from_query({name: st.query_params.get_all(name) for name in st.query_params})
surface = st.sidebar.selectbox("surface", ["himmelblau", "rosenbrock"])
scene = Scene(surface=surface, steps=scene.length, runners=scene.runners)
ground = height_map(surface)
st.session_state["run"] = st.session_state.get("run", 0) + 1

x0, y0 = scene.start
x0 = st.sidebar.slider("start x", -5.0, 5.0, float(x0), 0.05)
y0 = st.sidebar.slider("start y", -5.0, 5.0, float(y0), 0.05)
scene = Scene(surface=surface, start=(x0, y0), steps=scene.length, runners=scene.runners)
stops = [float(f"{m}e{e}") for e in range(-6, 1) for m in (1, 1.2, 1.5, 1.8, 2.2, 2.7, 3.3, 3.9, 4.7, 5.6, 6.8, 8.2)]
runs = []
for i, runner in enumerate(scene.runners):
    rates = sorted({*stops, runner.hypers["lr"]})
    lr = st.sidebar.select_slider(f"η {runner.record.name}", rates, runner.hypers["lr"], key=f"rate {i}")
    runs.append((runner.record.name, PENS[runner.colour].light, scene.run(runner.with_hyper("lr", lr))))

layout = {"meta": {"run": st.session_state["run"]}, "uirevision": "kept", "margin": {"l": 0, "r": 0, "t": 0, "b": 0}}
contour = go.Figure(go.Contour(x=ground.x, y=ground.y, z=heights(ground.f), showscale=False), layout)
relief_figure = go.Figure(go.Surface(x=ground.x, y=ground.y, z=heights(ground.f), showscale=False), layout)
losses = go.Figure(layout=layout)
for name, colour, run in runs:
    x, y = run.x.T
    line = {"color": colour}
    contour.add_scatter(x=x, y=y, name=name, line=line, mode="lines")
    relief_figure.add_scatter3d(x=x, y=y, z=heights(run.loss), name=name, line=line, mode="lines")
    losses.add_scatter(y=run.loss, name=name, line=line)
losses.update_yaxes(type="log")

left, middle, right = st.columns(3)
left.plotly_chart(contour, key="contour")
middle.plotly_chart(relief_figure, key="surface")
right.plotly_chart(losses, key="loss")
