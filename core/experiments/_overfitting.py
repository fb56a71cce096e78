"""The experiment in which a network overfits: what helps against it is put into the same one."""

from core.nets.experiment import Experiment
from core.scene import Runner

OVERFITTING = Experiment(
    dataset="digits",
    samples=600,
    noise=0.3,
    validation=0.5,
    layers=(100,) * 6,
    activation="relu",
    init="he",
    batch=100,
    epochs=45,
    runners=(Runner("adam", {"lr": 0.001}, colour=0),),
)
