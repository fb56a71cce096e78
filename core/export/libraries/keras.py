"""Programs for Keras."""

from __future__ import annotations

from core.export.around import Around
from core.export.asking import made, modifier_call, schedule_call, spelling
from core.export.library import Library
from core.export.page import Page
from core.export.sheet import Sheet
from core.export.task import Asked, Task
from core.export.writing import call
from core.scene import DIALECTS

COSINE = "# With JAX, Keras takes the cosine of a schedule in float32: there the path is the same to 6 digits."


def program(task: Task) -> str:
    """A variable, a Keras optimizer, and a schedule that it is handed."""
    asked = spelling(task)
    page = Page(task, "import keras")
    page.first = ["import os", "", 'os.environ.setdefault("KERAS_BACKEND", "torch")  # before the import']
    page.head(
        'keras.config.set_floatx("float64")  # the default, float32, keeps half as many digits\n'
        'if keras.backend.backend() == "jax":\n'
        "    import jax\n\n"
        '    jax.config.update("jax_enable_x64", True)  # without it JAX has no float64'
    )
    own = [key for key in task.runner.modifiers if task.clips_alike(key)]
    own = own if len(own) == 1 else []  # Keras takes one of them
    around = Around(page, own)
    if own:
        asked = f"{asked.removesuffix(')')}, {modifier_call(task, own[0])})"
    page.settings()
    watches = task.schedule.watches_loss
    if watches:
        page.first.insert(1, "from types import SimpleNamespace")
        page.add(*call(f"watcher = {schedule_call(task)}"))
    else:
        if "Cosine" in schedule_call(task):
            page.add(COSINE)
        clocked(task, page)
    page.add(
        "point = keras.Variable(np.array(start))",
        *made(task, asked, task.rate),
        "optimizer.build([point])",
        *around.begin(),
    )
    if watches:
        page.add(
            "watcher.set_model(SimpleNamespace(optimizer=optimizer))  # of a model it asks no more than that",
            "watcher.on_train_begin()",
        )
    put = around.after("new")
    if put:
        put = ["new = keras.ops.convert_to_numpy(point).copy()", *put, "point.assign(new)"]
    page.loop(
        "keras.ops.convert_to_numpy(point).copy()",
        page.gradient_at("path[-1]"),
        *around.before(page.loss("path[-1]")),
        "optimizer.apply([keras.ops.convert_to_tensor(g)], [point])",
        *put,
        *["point.assign(np.clip(keras.ops.convert_to_numpy(point), low, high))"] * page.boxed,
        *[f'watcher.on_epoch_end(t, {{"loss": {page.value}(*path[-1])}})  # the loss before this update'] * watches,
        counted=watches or around.counts,
    )
    return page.text()


def clocked(task: Asked, page: Sheet) -> None:
    """The name `schedule`, one of Keras' own wherever there is one that fits; nothing where the rate stays."""
    own = schedule_call(task)
    if own and not task.warmup:
        page.add(*call(f"schedule = {own}"))
    elif task.warmup and (warm := _warmed(task, own)):
        page.add("# The warm-up: a straight climb to the full rate.", *call(f"schedule = {warm}"))
    elif task.varies:
        says, rate = [], "lr"
        if task.warmup:
            says.append("a straight climb to the full rate")
            rate = "lr * climb"
        if own:
            page.add(*call(f"decay = {own}"))
            says.append("`decay`")
            rate = "climb * decay(max(t - warmup, 0))"
        elif task.scheduled:
            page.copy(task.schedule.factor, name="factor")
            says.append("the share `factor` of lr")
            rate = f"{rate} * float({task.factor('max')})"
        says[0] = says[0][0].upper() + says[0][1:]
        page.define(
            "class Schedule(keras.optimizers.schedules.LearningRateSchedule):",
            f'    """{", then ".join(says)}."""',
            "",
            "    def __call__(self, step):",
            "        t = float(step)",
            *[f"        climb = {task.climb()}"] * bool(task.warmup),
            *call(f"return {rate}", 8),
        )
        page.add("schedule = Schedule()")


def _warmed(task: Asked, own: str) -> str:
    """A schedule of Keras that warms up by itself: its cosine, and where there is none, a straight line; else nothing."""
    kinds, first = "keras.optimizers.schedules", task.first
    if not task.scheduled:
        return f"{kinds}.PolynomialDecay({first}, decay_steps=warmup, end_learning_rate=lr, power=1.0)"
    cosine = f"{kinds}.CosineDecay(lr, "
    if not own.startswith(cosine):
        return ""
    return f"{cosine.replace('lr', first)}{own.removeprefix(cosine).removesuffix(')')}, warmup_target=lr, warmup_steps=warmup)"


LIBRARY = Library(program, name=DIALECTS["keras"].en, order=2)
