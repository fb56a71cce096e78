"""Programs for Keras, with PyTorch below it: a loop of one's own needs to know what computes the gradients."""

from __future__ import annotations

import ast

from core.export.asking import made, spelling
from core.export.lesson import Lesson
from core.export.libraries.keras import clocked
from core.export.library import Library
from core.export.trained import Training
from core.nets.layers import affine, batch_norm, dropout
from core.scene import DIALECTS


def program(task: Training) -> str:
    """A Sequential, a Keras optimizer, and a loop over epochs and batches."""
    asked = spelling(task)
    task.refuse_single()
    page = Lesson(task, "import keras", "import torch")
    page.first = ["import os", "", 'os.environ["KERAS_BACKEND"] = "torch"  # before the import']
    page.head('keras.config.set_floatx("float64")  # the default, float32, keeps half as many digits')
    if task.schedule.watches_loss:
        page.copy(task.schedule.factor, name="factor")
    page.settings()
    shape = [] if task.classes else ["y = y.reshape(-1, 1)", *["vy = vy.reshape(-1, 1)"] * task.validated]
    page.data(*shape)
    page.define(
        "class Dense(keras.layers.Dense):",
        '    """Keras itself multiplies in float32, whatever the type of its numbers."""',
        "",
        "    def call(self, inputs):",
        "        return inputs @ self.kernel.value + self.bias.value",
    )
    if task.normed:
        _normalization(page)
    _network(task, page)
    if not task.schedule.watches_loss:
        clocked(task, page)
    rate = "lr" if task.schedule.watches_loss else task.rate
    _loss(task, page)
    page.add(
        *made(task, asked, rate),
        "optimizer.build(model.trainable_variables)",
    )
    right = "(out.argmax(axis=1) == y).mean()" if task.classes else "None"
    page.define(
        "def evaluate(x, y):",
        f'    """Mean loss{" and share of right answers" * task.classes}, nothing being trained."""',
        "    with torch.no_grad():",
        "        out = keras.ops.convert_to_numpy(model(x, training=False))",
        f"        return lost(y, out).mean().item(), {right}",
    )
    _train(task, page)
    page.add(
        "losses = np.array(losses)",
        "rows = [keras.ops.convert_to_numpy(v).flatten() for v in model.trainable_variables]",
        "weights = np.concatenate(rows)",
    )
    return page.text()


def _loss(task: Training, page: Lesson) -> None:
    """The loss of every example."""
    if not task.classes:
        page.define(
            "def lost(y, out):",
            '    """The squared error of every example: Keras itself would take the mean in float32."""',
            "    return (torch.as_tensor(out) - torch.as_tensor(y)) ** 2",
        )
        return
    one = ast.parse(task.spelled(task.loss), mode="eval").body
    assert isinstance(one, ast.Call)
    one.keywords.append(ast.keyword("reduction", ast.Constant("none")))
    page.add(
        "# The loss of every example: Keras itself would take their mean in float32.",
        f"lost = {ast.unparse(one)}".replace("'", '"'),
    )


def _normalization(page: Lesson) -> None:
    """Batch normalization in float64, whose running variance is the usual one."""
    page.define(
        "class BatchNormalization(keras.layers.BatchNormalization):",
        '    """Keras itself computes in float32, and averages variances of batches without the factor n / (n - 1)."""',
        "",
        "    def call(self, inputs, training=None):",
        "        means, variances = self.moving_mean.value, self.moving_variance.value",
        "        scales = self.gamma.value, self.beta.value",
        "        return torch.nn.functional.batch_norm(",
        "            inputs, means, variances, *scales, training, 1 - self.momentum, self.epsilon",
        "        )",
    )


def _network(task: Training, page: Lesson) -> None:
    """The layers, with the initial weights."""
    sizes = {"inputs": "inputs", "outputs": "outputs", "rate": "dropout"}
    bend = task.spelled(task.activation)
    kinds = [task.spelled(batch_norm.LAYER).removeprefix("keras.layers.")] * task.normed
    kinds.append(f"keras.layers.Activation({repr(bend) if bend.isidentifier() else bend})".replace("'", '"'))
    kinds += [task.spelled(dropout.LAYER)] * task.thinned
    dense = task.spelled(affine.LAYER).removeprefix("keras.layers.")
    between = ["for outputs in sizes[1:-1]:", f"    layers.append({dense.format(**sizes)})"]
    between += [f"    layers.append({kind.format(**sizes)})" for kind in kinds]
    page.add(
        "layers = [keras.Input((sizes[0],))]",
        *(between if task.hidden else []),
        f"layers.append({dense.format(inputs='', outputs='sizes[-1]')})",
        "model = keras.Sequential(layers)",
    )
    page.add(
        "# NumPy draws the initial weights, so that they are those of Descent Lab.",
        "chance = np.random.default_rng([seed, 0])",
        "for layer in model.layers:",
        "    if isinstance(layer, Dense):",
        "        W, b = layer.get_weights()",
        "        layer.set_weights([chance.normal(size=W.shape) * deviation(*W.shape), np.zeros(len(b))])",
    )


def _train(task: Training, page: Lesson) -> None:
    """The loop."""
    x, y = page.seen
    watches, loss = task.schedule.watches_loss, "loss"
    lines = []
    if watches:
        lines += [f"climb = {task.climb()}  # the warm-up".replace("(t ", "(len(losses) ")] * bool(task.warmup)
        lines += [f"optimizer.learning_rate = lr * {'climb * ' * bool(task.warmup)}share"]
    lines += [f"loss = lost({y}, model({x}, training=True)).mean()", "losses.append(loss.item())"]
    if task.experiment.l2:
        lines.append("penalty = sum((p**2).sum() for p in params if p.ndim == 2)")
        loss = "(loss + 0.5 * l2 * penalty)"
    lines += ["model.zero_grad()", f"{loss}.backward()"]
    lines += ["torch.nn.utils.clip_grad_norm_(params, clip)"] * bool(task.experiment.clip)
    lines += ["with torch.no_grad():", "    optimizer.apply([p.grad for p in params])"]
    page.add("params = [v.value for v in model.trainable_variables]")
    page.training([], lines, [], ("best = model.get_weights()",), ("model.set_weights(best)",), by_hand=watches)


LIBRARY = Library(program, name=DIALECTS["keras"].en, order=2)
