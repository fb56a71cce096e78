"""More examples against overfitting."""

from dataclasses import replace

from core.experiments._measures import again, percent
from core.experiments._overfitting import OVERFITTING
from core.nets.experiment import Experiment
from core.nets.study import Study
from core.nets.train import Training
from core.scene import Claim
from core.spec import Text


def claim(experiment: Experiment, done: Training) -> Claim:
    few = again(OVERFITTING, seeds=3)
    yield f"{len(few.data.x)}"
    yield f"{experiment.kept}"
    for one in (few, done):
        yield percent(one.accuracy[0, 0, -1])
        yield percent(one.val_accuracy[0, 0, -1])
    several = again(experiment, seeds=3)
    yield (several.val_accuracy[0, :, -1] > few.val_accuracy[0, :, -1] + 0.1).all()
    yield (several.accuracy[0, :, -1] > 0.99).all()


STUDY = Study(
    title=Text("Overfitting, with more data", "과적합과 더 많은 데이터"),
    observe=Text(
        "The network that overfitted, with 1348 noisy digits instead of 300. It still learns 100 % of them, yet gets "
        "85 % of the validation right instead of 71 %. Three initial weights agree.",
        "과적합하던 신경망에 노이즈 섞인 숫자를 300개 대신 1348개 준다. 훈련 정확도는 여전히 100%이지만 검증 정확도가 "
        "71%에서 85%로 오른다. 초깃값 세 가지에서 모두 그렇다.",
    ),
    experiment=replace(OVERFITTING, samples=None, validation=0.25, epochs=15),
    claim=claim,
    order=97,
)
