"""Four optimizers on two moons, the first picture of the page."""

from core.nets.experiment import Experiment
from core.nets.study import Study
from core.nets.train import Training
from core.scene import Claim, Runner
from core.spec import Text


def claim(experiment: Experiment, done: Training) -> Claim:
    sgd, momentum, adam = (done.loss[i, 0] for i in range(3))
    yield bool(adam[-1] < momentum[-1] < sgd[-1])
    at = int(done.moments[(adam < sgd[-1]).argmax()] // done.each)
    yield f"{at}"
    yield f"{experiment.epochs}"


STUDY = Study(
    title=Text("Three optimizers, one network", "옵티마이저 셋, 신경망 하나"),
    observe=Text(
        "The same weights, the same batches in the same order: what SGD reaches after 60 epochs, Adam has reached after 19.",
        "초깃값도 미니배치의 순서도 같다. SGD가 60에폭 뒤에 이르는 손실에 Adam은 19에폭 만에 이른다.",
    ),
    experiment=Experiment(
        dataset="moons",
        runners=(
            Runner("sgd", {"lr": 0.1}, colour=0),
            Runner("momentum", {"lr": 0.05}, colour=1),
            Runner("adam", {"lr": 0.01}, colour=2),
        ),
    ),
    claim=claim,
    order=10,
)
