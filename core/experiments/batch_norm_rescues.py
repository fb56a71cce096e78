"""Batch normalization and weights that are far too small."""

from core.experiments._measures import again, percent
from core.nets.experiment import Experiment, Film
from core.nets.study import Study
from core.nets.train import Training
from core.scene import Claim, Runner
from core.spec import Text


def claim(experiment: Experiment, done: Training) -> Claim:
    yield experiment.batch_norm
    yield f"{experiment.epochs}"
    yield percent(done.val_accuracy[0, 0, -1])
    without = again(experiment, seeds=3, batch_norm=False)
    yield percent(without.val_accuracy[0, 0, -1])
    yield (without.val_accuracy[0, :, -1] < 0.15).all()
    yield (again(experiment, seeds=3).val_accuracy[0, :, -1] > 0.95).all()


STUDY = Study(
    title=Text("Batch normalization rescues", "배치 정규화가 살려 낸다"),
    observe=Text(
        "The same five ReLU layers with σ = 0.01 that learn nothing: with batch normalization, which stretches every "
        "layer to variance 1, 99 % of the validation digits are right after 8 epochs. Switch it off, and it is 7 %, "
        "from three initial weights alike.",
        "σ = 0.01로 아무것도 배우지 못하던 ReLU 다섯 층이다. 층마다 분산을 1로 맞추는 배치 정규화를 넣으면 8에폭 뒤 "
        "검증 정확도가 99%이고, 끄면 7%이다. 초깃값 세 가지에서 모두 그렇다.",
    ),
    experiment=Experiment(
        dataset="digits",
        layers=(100,) * 5,
        activation="relu",
        init="small_normal",
        batch_norm=True,
        batch=128,
        epochs=8,
        runners=(Runner("sgd", {"lr": 0.05}, colour=0),),
        film=Film(tab="layers"),
    ),
    claim=claim,
    order=80,
    source="S. Ioffe, C. Szegedy, Batch Normalization, 2015; K. Saito, Deep Learning from Scratch, ch. 6",
)
