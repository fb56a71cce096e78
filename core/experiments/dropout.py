"""Dropout against overfitting."""

from dataclasses import replace

from core.experiments._measures import again, percent
from core.experiments._overfitting import OVERFITTING
from core.nets.experiment import Experiment
from core.nets.study import Study
from core.nets.train import Training
from core.scene import Claim
from core.spec import Text


def claim(experiment: Experiment, done: Training) -> Claim:
    yield percent(experiment.dropout)
    free = again(experiment, dropout=0.0)
    for one in (free, done):
        yield f"{one.val_loss[0, 0, -1]:.2f}"
        yield percent(one.val_accuracy[0, 0, -1])
    kept, lost = again(experiment, seeds=3), again(experiment, seeds=3, dropout=0.0)
    yield (kept.val_loss[0, :, -1] < lost.val_loss[0, :, -1]).all()
    yield (kept.val_accuracy[0, :, -1] > lost.val_accuracy[0, :, -1]).all()
    much = again(experiment, dropout=0.3)
    yield "30"
    yield percent(much.accuracy[0, 0, -1])


STUDY = Study(
    title=Text("Overfitting, with dropout", "과적합과 드롭아웃"),
    observe=Text(
        "The overfitting experiment, but at every update 10 % of the neurons drop out: the validation loss ends at "
        "0.87 instead of 1.35, and 75 % are right instead of 71 %; three initial weights agree. At 30 % six layers "
        "learn so slowly that even of the training digits 32 % are right by then.",
        "과적합 실험에서 업데이트마다 뉴런의 10%를 뺀다. 검증 손실이 1.35 대신 0.87, 검증 정확도가 71% 대신 75%로 "
        "끝난다. 초깃값 세 가지에서 모두 그렇다. 30%를 빼면 여섯 층의 학습이 너무 느려져 그때까지 훈련 정확도도 "
        "32%이다.",
    ),
    experiment=replace(OVERFITTING, dropout=0.1),
    claim=claim,
    order=94,
    source="N. Srivastava et al., Dropout: A Simple Way to Prevent Neural Networks from Overfitting, 2014",
)
