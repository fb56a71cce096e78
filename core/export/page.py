"""A page of code in the making."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Any

import numpy as np

from core.engine import noise
from core.engine.interpreter import evaluate
from core.export.around import told
from core.export.fault import ExportError
from core.export.sheet import Sheet
from core.export.task import Task
from core.export.writing import WIDTH, call, folded, listed
from core.expression import ExpressionError, Formula
from core.expression.parse import VARIABLES
from core.expression.program import program
from core.expression.source import source
from core.expression.symbolic import derivative
from core.scene import DIALECTS, OURS
from core.spec import Surface, Text

FEW = 4  # minima that are all written down


class Page(Sheet):
    """A program of a race in the making: header, imports, definitions, settings, set-up, loop.

    tensors: the module of a library that differentiates by itself. The function is then written for its tensors, and no
    gradient beside it. sees: whether what looks around has to be told of the surface.
    """

    def __init__(self, task: Task, *imports: str, tensors: str = "", sees: bool = True) -> None:
        super().__init__(*imports)
        self.task, self.tensors = task, tensors
        self.placed = ""  # what was done to the surface
        surface, scene = task.surface, task.scene
        asked = set(task.runner.spoken.update.__code__.co_names) if task.optimizer.plane and sees else set()
        self.asked = [name for name in ("f", "lowest", "look", "bend") if name in asked]
        self.bends = "bend" in asked
        self.boxed = surface.box is not None
        if self.boxed and surface.placed_from:
            raise ExportError(TURNED_BOX)
        self.value, self.gradient, self.hessian, self.clock = "value", "gradient", "hessian", ""
        if isinstance(scene.surface, Formula):
            self.formula(scene.surface)
        else:
            flat = surface.flat
            slope = flat.samples.gradient if flat.samples and scene.batch_size else flat.gradient
            if tensors:
                self.copy(flat.value, instead={"np": tensors})
            else:
                self.copy(flat.value, slope, *[flat.hessian] * self.bends)
        self.rest = "rest = steps - warmup  # the updates that are left to the schedule"
        if task.warmup >= scene.length:
            self.rest = "rest = 1  # the run ends before the warm-up does"
        self.spare["rest"] = self.rest
        if scene.batch_size:
            self.examples(surface.flat)
        if surface.placed_from:
            self.place(surface)
        self.chance()

    def formula(self, formula: Formula) -> None:
        """A typed function and its derivatives, written out. Raises ExportError where the path meets a 0/0 in them."""
        if self.tensors:
            text = source(formula.tree).replace("np.", f"{self.tensors}.")
            self.define("def value(x, y):", *folded(f"return {text}"))
            return
        slopes = [derivative(formula.tree, by) for by in VARIABLES]
        seconds = [derivative(slopes[i], by) for i, by in ((0, "x"), (0, "y"), (1, "y"))] if self.bends else []
        surface, path = self.task.surface, self.task.run.x[:-1]
        a = np.array(surface.placement).reshape(2, 2)
        points = (path[np.isfinite(path).all(axis=1)] - surface.centre) @ a.T + surface.centre
        known = [*surface.flat.gradient(*points.T), *(surface.flat.hessian(*points.T) if seconds else ())]
        try:
            written = [evaluate(program(tree), *points.T)[0] for tree in (*slopes, *seconds)]
        except ExpressionError as fault:
            raise ExportError(TOO_INVOLVED) from fault
        with np.errstate(all="ignore"):
            if not np.allclose(written, known, rtol=1e-9, atol=1e-9, equal_nan=True):
                raise ExportError(NO_SLOPE)
        self.define("def value(x, y):", *folded(f"return {source(formula.tree)}"))
        lines = [*folded(f"slope_x = {source(slopes[0])}"), *folded(f"slope_y = {source(slopes[1])}")]
        self.define("def gradient(x, y):", *lines, "    return slope_x, slope_y")
        if seconds:
            named = zip(("xx", "xy", "yy"), seconds, strict=True)
            lines = [row for name, second in named for row in folded(f"{name} = {source(second)}")]
            self.define("def hessian(x, y):", *lines, "    return xx, xy, yy")

    def place(self, surface: Surface) -> None:
        """The stretched and turned surface, in terms of the declared one."""
        (cx, cy), angle, stretch = surface.centre, float(surface.rotation), float(surface.stretch)
        done, lines = [], [f"CX, CY = {float(cx)!r}, {float(cy)!r}" if angle else f"CY = {float(cy)!r}"]
        if stretch != 1.0:
            done.append(f"squeezed by {stretch!r} along y")
            lines.append(f"STRETCH = {stretch!r}")
        if angle:
            done.append(f"turned by {angle:g} degrees")
            lines.append(f"COS, SIN = math.cos(math.radians({angle!r})), math.sin(math.radians({angle!r}))")
        self.placed = f"The surface is {', then '.join(done)}, about the middle of its map."
        self.add(f"# {self.placed}", *lines)
        by = "STRETCH * " if stretch != 1.0 else ""
        inner = f"{by}(COS * (y - CY) - SIN * (x - CX))" if by else "COS * (y - CY) - SIN * (x - CX)"
        point = f"CX + COS * (x - CX) + SIN * (y - CY), CY + {inner}" if angle else "x, CY + STRETCH * (y - CY)"
        slope = f"COS * gx - SIN * {by}gy, SIN * gx + COS * {by}gy" if angle else "gx, STRETCH * gy"
        self.define(
            "def back(x, y):",
            '    """The point that (x, y) was before."""',
            f"    return {point}",
        )
        self.define("def placed_value(x, y):", "    return value(*back(x, y))")
        if self.tensors:
            self.value = "placed_value"
            return
        self.define(
            f"def placed_gradient(x, y{self.clock}):",
            f"    gx, gy = {self.gradient}(*back(x, y){self.clock})",
            f"    return {slope}",
        )
        if self.bends:
            lines = ["    xx, xy, yy = hessian(*back(x, y))"]
            lines += ["    xy, yy = STRETCH * xy, STRETCH**2 * yy"] * (stretch != 1.0)
            turned = [
                "    return (",
                "        COS**2 * xx - 2 * COS * SIN * xy + SIN**2 * yy,",
                "        COS * SIN * (xx - yy) + (COS**2 - SIN**2) * xy,",
                "        SIN**2 * xx + 2 * COS * SIN * xy + COS**2 * yy,",
                "    )",
            ]
            self.define("def placed_hessian(x, y):", *lines, *(turned if angle else ["    return xx, xy, yy"]))
        self.value, self.gradient, self.hessian = "placed_value", "placed_gradient", "placed_hessian"

    def examples(self, flat: Surface) -> None:
        """The gradient that update t sees: the mean over its examples."""
        assert flat.samples is not None
        name, batch = flat.samples.gradient.__name__, self.task.scene.batch_size
        seen = f"mean gradient of the {batch} examples" if batch > 1 else "gradient of the example"
        self.define(
            "def batch_gradient(x, y, t):",
            f'    """The {seen} of update t."""',
            f"    slopes = [{name}(x, y, k) for k in examples[t]]",
            "    return sum(gx for gx, _ in slopes) / batch, sum(gy for _, gy in slopes) / batch",
        )
        self.gradient, self.clock = "batch_gradient", ", t"

    @property
    def draws(self) -> bool:
        """Whether examples are drawn at random."""
        samples = self.task.surface.samples
        return bool(self.task.scene.batch_size and samples and not samples.in_turn)

    def chance(self) -> None:
        """What turns the seed into noise and examples, and what a plane method sees around its point."""
        scene = self.task.scene
        functions: list[Callable[..., Any]] = [noise.example, noise.stream] if self.draws else []
        if scene.noise:
            functions.append(noise.normals)
        if functions:
            self.copy(*functions, name="draw" if self.draws else "")
        if "look" in self.asked:
            slope = f"{self.gradient}(x, y{self.clock})"
            self.define(
                f"def look(x, y{self.looks}):",
                '    """The loss and its slope elsewhere, as the update sees them."""',
                f"    gx, gy = {f'np.array({slope}) + noise[t]' if scene.noise else slope}",
                f"    return {self.value}(x, y), gx, gy",
            )

    @property
    def looks(self) -> str:
        """What `look` is told besides the point: the number of the update, where chance has a part in it."""
        return ", t" if self.task.scene.noise or self.clock else ""

    def around(self) -> list[str]:
        """The lines of the loop that make `here`, which a plane method may ask."""
        if not self.asked:
            return ["here = None  # of what is around its point this method asks nothing"] * self.task.optimizer.plane
        answers = {
            "f": f"{self.value}(*point)",
            "lowest": repr(float(self.task.surface.lowest)),
            "look": "lambda x, y, t=t: look(x, y, t)" if self.looks else "look",
            "bend": f"lambda point=point: {self.hessian}(*point)",
        }
        self.imports.add("from types import SimpleNamespace")
        made = ", ".join(f"{name}={answers[name]}" for name in self.asked)
        return [row[4:] for row in call(f"here = SimpleNamespace({made})", 4)]

    def settings(self) -> None:
        """Start, length and rate, and what the scene adds to them."""
        task, scene = self.task, self.task.scene
        x, y = scene.start or (0.0, 0.0)
        lines = [f"start = ({x!r}, {y!r})", f"steps = {scene.length}", f"lr = {task.runner.hypers['lr']!r}"]
        if task.warmup:
            lines.append(f"warmup = {task.warmup}")
            if task.scheduled:
                lines.append(self.rest)
        self.add(*lines)
        if scene.noise or self.draws:
            self.add(f"seed = np.array([{scene.seed}], dtype=np.uint64)  # what is drawn follows from it alone")
        if scene.batch_size:
            count = task.surface.samples.count if task.surface.samples else 0
            numbers = "np.arange(steps * batch)"
            made = f"{numbers} % {count}  # one after the other"
            if self.draws:
                numbers = "np.arange(steps * batch, dtype=np.uint64)"
                made = f"draw(stream(seed), {numbers}, np.uint64({count})).astype(int)"
            self.add(
                "# Row t holds the numbers of the examples that update t sees.",
                f"batch = {scene.batch_size}",
                f"numbers = {made}",
                "examples = numbers.reshape(steps, batch)",
            )
        if self.boxed and task.surface.box:
            (x0, x1), (y0, y1) = task.surface.box
            self.add(
                "# Where the point may be; it is put back to the nearest such place after every update.",
                f"low, high = ({float(x0)!r}, {float(y0)!r}), ({float(x1)!r}, {float(y1)!r})",
            )
        if scene.noise:
            self.add(
                "# Row t is the noise on gradient t.",
                f"noise = {scene.noise!r} * np.stack(normals(seed, np.arange(steps, dtype=np.uint64)), axis=1)",
            )
        if self.stops:
            end = np.array(task.run.x[-1])
            minima = task.surface.minima
            note = ""
            if len(minima) > FEW:
                note = f"  # of {len(minima)}, the one next to where this run ends"
                minima = tuple(sorted(minima, key=lambda p: float(np.sum((np.array(p) - end) ** 2)))[:1])
            points = ", ".join(f"[{float(px)!r}, {float(py)!r}]" for px, py in minima)
            self.add(*call(f"minima = np.array([{points}])", note=note), f"tolerance = {scene.tolerance!r}")
            self.define(
                "def at_rest(last, new):",
                '    """At a minimum, and with a step no longer than the tolerance."""',
                "    near = ((minima - last) ** 2).sum(axis=1).min() <= tolerance**2",
                "    return near and ((new - last) ** 2).sum() <= tolerance**2",
            )

    @property
    def overflows(self) -> bool:
        return bool(np.isnan(self.task.run.x).any())

    @property
    def ends(self) -> bool:
        """Whether a rule may end it: what runs away is never ended by one."""
        return not self.overflows

    @property
    def stops(self) -> bool:
        """Whether there is a minimum to stop at."""
        return self.task.scene.tolerance is not None and bool(self.task.surface.minima) and not self.overflows

    def loss(self, point: str) -> str:
        """The expression of the loss at a point."""
        return (
            f"{self.value}(*{self.tensors}.from_numpy({point})).item()" if self.tensors else f"{self.value}(*{point})"
        )

    def gradient_at(self, point: str) -> str:
        """The line that computes the gradient, with its noise."""
        return f"g = np.array({self.gradient}(*{point}{self.clock}))" + (" + noise[t]" * bool(self.task.scene.noise))

    def loop(self, new: str, *body: str, counted: bool = False) -> None:
        """The loop over the updates; `new` is the point after one as an array that stays as it is."""
        t = "t" if counted or self.task.scene.noise or self.clock else "_"
        lines = ["path = [np.array(start)]", f"for {t} in range(steps):", *body]
        if self.overflows or self.stops:
            if new != "point":
                lines.append(f"new = {new}")
                new = "new"
            if self.overflows:
                lines.append(f"if not np.isfinite([*{new}, {self.loss(new)}]).all():  # past the range of floats")
            else:
                lines.append(f"if at_rest(path[-1], {new}):")
            lines.append("    break")
        lines.append(f"path.append({new})")
        lines[2:] = [f"    {line}" for line in lines[2:]]
        if self.overflows:
            lines.append("path += [np.full(2, np.nan)] * (steps + 1 - len(path))  # from there on, nowhere")
        elif self.stops or self.task.scene.stops:
            lines.append("path += [path[-1]] * (steps + 1 - len(path))  # from there on, it stays")
        self.add(*lines, "path = np.array(path)")
        self.add(f'print(f"after {{steps}} updates: {{path[-1]}}, loss {{{self.loss("path[-1]")}:.6g}}")')

    def header(self) -> str:
        """What this is, as the docstring of the program."""
        task, scene = self.task, self.task.scene
        x, y = scene.start or (0.0, 0.0)
        said = [f"{scene.length} updates from ({x!r}, {y!r}) with {listed(task.optimizer.hypers, task.runner.hypers)}."]
        if task.scheduled:
            own = f" ({listed(task.schedule.hypers, task.hypers)})" if task.hypers else ""
            said.append(f"Schedule of the learning rate: {task.schedule.name.en}{own}.")
        if task.warmup:
            share = f", from {task.begun:g} of the rate" if task.begun else ""
            said.append(f"Warm-up: {task.warmup} steps{share}.")
        if self.placed:
            said.append(self.placed)
        if scene.noise:
            said.append(
                f"Every gradient carries normal noise of standard deviation {scene.noise!r} (seed {scene.seed})."
            )
        if scene.batch_size and task.surface.samples:
            how = "in turn" if task.surface.samples.in_turn else f"drawn at random (seed {scene.seed})"
            count = task.surface.samples.count
            said.append(f"Examples that an update sees: {scene.batch_size} of {count}, {how}.")
        if self.boxed:
            said.append("After every update the point is put back into its box.")
        if self.stops:
            said.append(f"It stops within {scene.tolerance!r} of a minimum.")
        said += told(self)
        if task.runner.dialect != OURS:
            said.append(f"Form of the update: {DIALECTS[task.runner.dialect].en}.")
        elif reason := task.optimizer.differs.get(task.library.key):
            said.append(f"{task.title} and Descent Lab agree in this run; what differs elsewhere: {reason.en}")
        said.append(f"`path` holds the start and the point after every update: shape ({scene.length + 1}, 2).")
        if task.unsteady_from is not None:
            said.append(
                f"From about update {task.unsteady_from} on this run magnifies rounding errors, so that another computer may "
                "see another path."
            )
        lines = textwrap.wrap(" ".join(said), WIDTH - 10)
        where = "a typed function" if isinstance(scene.surface, Formula) else task.surface.name.en
        title = f"{task.optimizer.name} on {where}, with {task.title}. Made by Descent Lab."
        return "\n".join(('"""' + title, "", *lines, '"""'))


NO_SLOPE = Text(
    "This path meets a point at which the derivatives, written out, are 0/0.",
    "이 경로는 식으로 쓴 도함수가 0/0이 되는 점을 지나므로 코드로 옮길 수 없습니다.",
)
TOO_INVOLVED = Text(
    "The derivatives of this function are too long to be written out.",
    "이 함수의 도함수는 너무 길어 코드로 옮겨 적을 수 없습니다.",
)
TURNED_BOX = Text(
    "On this surface the point is kept in a box, and there is a program only while the box is neither turned nor stretched.",
    "이 지형에서는 점이 상자 안에만 머뭅니다. 상자를 돌리거나 늘이지 않았을 때만 코드로 내보낼 수 있습니다.",
)
