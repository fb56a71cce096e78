"""Batch normalization and learning rates."""

from core.experiments._measures import again
from core.nets.experiment import Experiment
from core.nets.study import Study
from core.nets.train import Training
from core.scene import Claim, Runner
from core.spec import Text


def claim(experiment: Experiment, done: Training) -> Claim:
    for runner in experiment.runners:
        yield f"{runner.hypers['lr']:g}"
    yield f"{experiment.epochs}"
    for loss in done.loss[:, 0, -1]:
        yield f"{loss:.2f}"
    without, several = again(experiment, seeds=3, batch_norm=False), again(experiment, seeds=3)
    yield f"{without.loss[0, 0, -1]:.2f}"
    yield (without.loss[1, :, -1] > 2.25).all()
    yield (several.loss[1, :, -1] < several.loss[0, :, -1]).all()
    yield (several.loss[1, :, -1] < without.loss[0, :, -1] / 4).all()


STUDY = Study(
    title=Text("Batch normalization and large rates", "배치 정규화와 큰 학습률"),
    observe=Text(
        "With batch normalization a rate of 1 beats 0.1: losses of 0.00 and 0.10 after 6 epochs. Switch it off, and "
        "0.1 gets to 0.26, while 1 only guesses. Three initial weights agree.",
        "배치 정규화를 쓰면 학습률 1이 0.1보다 낫다. 6에폭 뒤 손실이 0.00과 0.10이다. 끄면 0.1은 0.26에 이르고, 1은 "
        "찍는 수준에서 벗어나지 못한다. 초깃값 세 가지에서 모두 그렇다.",
    ),
    experiment=Experiment(
        dataset="digits",
        layers=(100,) * 5,
        activation="relu",
        init="he",
        batch_norm=True,
        batch=128,
        epochs=6,
        runners=(Runner("sgd", {"lr": 0.1}, colour=0), Runner("sgd", {"lr": 1.0}, colour=1)),
    ),
    claim=claim,
    order=82,
    source="S. Ioffe, C. Szegedy, Batch Normalization, 2015",
)
