"""Early stopping: patience, and what is restored."""

from dataclasses import replace

import numpy as np

from core.experiments._measures import again
from core.experiments._overfitting import OVERFITTING
from core.nets.experiment import Experiment
from core.nets.study import Study
from core.nets.train import Training
from core.scene import Claim
from core.spec import Text


def claim(experiment: Experiment, done: Training) -> Claim:
    best, end = done.best_step[0, 0] // done.each, done.stopped[0, 0] // done.each
    yield end - best == experiment.patience
    for number in (experiment.patience, best, end, experiment.epochs):
        yield f"{number}"
    least = done.network.lost(done.best[0, 0], done.data.vx, done.data.vt)
    yield np.isclose(least, np.nanmin(done.val_loss[0, 0]))
    yield f"{least:.2f}"
    yield f"{again(experiment, patience=0).val_loss[0, 0, -1]:.2f}"
    kept, lost = again(experiment, seeds=3), again(experiment, seeds=3, patience=0)
    yield (kept.stopped[0] > 0).all()
    yield (np.nanmin(kept.val_loss[0], axis=1) < 0.9 * lost.val_loss[0, :, -1]).all()


STUDY = Study(
    title=Text("Early stopping", "조기 종료"),
    observe=Text(
        "The overfitting experiment with a patience of 10: epoch 16 has the lowest validation loss, the next 10 bring "
        "no better one, so after epoch 26 it ends and the weights of epoch 16 are restored. Their 1.04 would have "
        "become 1.35 by epoch 45.",
        "과적합 실험에 patience 10을 준다. 검증 손실은 16에폭에 가장 낮고 그 뒤 10에폭 동안 나아지지 않으므로, "
        "26에폭에서 멈추고 16에폭의 가중치를 되살린다. 손실은 1.04로, 45에폭까지 갔다면 1.35가 되었을 것이다.",
    ),
    experiment=replace(OVERFITTING, patience=10),
    claim=claim,
    order=96,
    source="L. Prechelt, Early Stopping: But When?, 1998",
)
