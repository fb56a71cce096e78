"""Four optimizers on two moons, the first picture of the page."""

from core.nets.experiment import Experiment
from core.nets.study import Study
from core.nets.train import Training
from core.scene import Claim, Runner
from core.spec import Text


def claim(experiment: Experiment, done: Training) -> Claim:
    sgd, momentum, adagrad, adam = done.loss[:, 0]
    yield bool(max(momentum[-1], adam[-1]) < min(sgd[-1], adagrad[-1]) / 2)
    for fast in (momentum, adam):
        yield f"{done.moments[(fast < sgd[-1]).argmax()] / done.each:.0f}"
    yield f"{experiment.epochs}"


STUDY = Study(
    title=Text("Four optimizers, one network", "옵티마이저 넷, 신경망 하나"),
    observe=Text(
        "The same weights, the same batches in the same order. What SGD reaches after 60 epochs, Momentum has reached after 11 "
        "and Adam after 19, and both go on to bend the boundary around the moons.",
        "초깃값도 미니배치의 순서도 같다. SGD가 60에폭 뒤에 이르는 손실에 Momentum은 11에폭, Adam은 19에폭 만에 이르고, "
        "그 뒤로도 경계를 초승달을 따라 휘어 간다.",
    ),
    experiment=Experiment(
        dataset="moons",
        runners=(
            Runner("sgd", {"lr": 0.1}, colour=0),
            Runner("momentum", {"lr": 0.05}, colour=1),
            Runner("adagrad", {"lr": 0.05}, colour=3),
            Runner("adam", {"lr": 0.01}, colour=2),
        ),
    ),
    claim=claim,
    order=10,
)
