"""When to stop, and how noisy the gradient of a batch is: against closed forms and against `train` itself."""

from __future__ import annotations

import numpy as np
import pytest

from core import Network, examples, train
from core.nets.chance import gradient_noise
from core.nets.stopping import Choice, lowest, patience, threshold

CURVE = [5.0, 4.0, 3.0, 3.5, 2.5, 2.6, 2.7, 2.8, 2.4]


def test_each_rule_on_a_curve():
    assert lowest(CURVE) == Choice(8, 8)
    assert patience(CURVE, 1) == Choice(3, 2)
    assert patience(CURVE, 2) == Choice(6, 4)
    assert patience(CURVE, 3) == Choice(7, 4)
    assert patience(CURVE, 4) == Choice(None, None)
    assert threshold(CURVE, 2.6) == Choice(4, 4)
    assert threshold(CURVE, 1.0) == Choice(None, None)
    assert patience([3.0, 2.0, 2.5, 2.6], 10, [0, 4, 8, 14]) == Choice(3, 1)
    assert patience([3.0, 2.0, 2.5, np.nan, np.nan], 2) == Choice(None, None), "nobody knows what had come"
    for rule in (lowest, lambda values: patience(values, 2), lambda values: threshold(values, 1.0)):
        assert rule([np.nan, np.nan]) == Choice(None, None)


def test_patience_is_that_of_the_training():
    asked = {"layers": (32, 32), "epochs": 200, "samples": 60, "validation": 0.4}
    adam = ("adam", {"lr": 0.05})
    whole = train("gaussians", adam, **asked)
    stopped = train("gaussians", adam, **asked, patience=5)
    choice = patience(whole.val_loss[0, 0], 5)
    assert choice.end * whole.each == stopped.stopped[0, 0]
    assert choice.kept * whole.each == stopped.best_step[0, 0]


def test_noise_falls_as_one_over_the_batch_and_is_none_for_all():
    data, net = examples("moons", samples=400), Network((2, 6, 2), "tanh")
    w = net.initial("xavier", 0)
    small, large = (gradient_noise(net, w, data.x, data.t, size, draws=400) for size in (4, 40))
    left = (400 - 40) / (400 - 4)  # drawn without putting back
    assert small / large == pytest.approx(10 / left, rel=0.2)
    assert gradient_noise(net, w, data.x, data.t, 400) == 0


def test_noise_of_a_linear_model_in_closed_form():
    """One weight and bias, squared loss, batches of one: the variance of the single gradients over the square of their mean."""
    data, net = examples("wave", samples=50), Network((1, 1), loss="squared_loss")
    w = np.array([0.3, -0.2])
    error = data.x[:, 0] * w[0] + w[1] - data.t[:, 0]
    single = 2 * error[:, None] * np.stack([data.x[:, 0], np.ones(50)], axis=1)
    mean = single.mean(axis=0)
    expected = ((single - mean) ** 2).sum(axis=1).mean() / (mean @ mean)
    assert gradient_noise(net, w, data.x, data.t, 1, draws=4000) == pytest.approx(expected, rel=0.1)
