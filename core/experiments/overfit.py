"""The book's overfitting experiment: 300 digits and a network far too large for them."""

from core.experiments._measures import again, lowest, percent
from core.experiments._overfitting import OVERFITTING
from core.nets.experiment import Experiment
from core.nets.study import Study
from core.nets.train import Training
from core.scene import Claim
from core.spec import Text


def claim(experiment: Experiment, done: Training) -> Claim:
    yield f"{experiment.kept}"
    yield percent(done.accuracy[0, 0, -1])
    yield percent(done.val_accuracy[0, 0, -1])
    epoch, least = lowest(done)
    yield f"{epoch}"
    yield f"{least:.2f}"
    yield f"{done.val_loss[0, 0, -1]:.2f}"
    yield done.loss[0, 0, -1] < done.loss[0, 0, done.moments == epoch * done.each].item() / 2
    several = again(experiment, seeds=3)
    yield (several.accuracy[0, :, -1] - several.val_accuracy[0, :, -1] > 0.25).all()
    yield (several.val_loss[0, :, -1] > 1.15 * several.val_loss[0].min(axis=1)).all()


STUDY = Study(
    title=Text("Overfitting", "과적합"),
    observe=Text(
        "Six hidden layers of 100 and only 300 noisy digits: 100 % of these are right in the end, but 71 % of the "
        "validation. Its loss is lowest after epoch 16, at 1.04, and rises to 1.35 while the training loss still "
        "falls.",
        "뉴런 100개짜리 은닉층이 여섯인데 데이터는 노이즈 섞인 숫자 300개뿐이다. 훈련 정확도는 100%가 되지만 검증 "
        "정확도는 71%이다. 검증 손실은 16에폭에 1.04로 가장 낮고, 훈련 손실이 계속 줄어드는 동안 1.35까지 오른다.",
    ),
    experiment=OVERFITTING,
    claim=claim,
    order=90,
    source="K. Saito, Deep Learning from Scratch, ch. 6",
)
