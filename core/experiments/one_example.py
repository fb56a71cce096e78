"""Batches of one example: every update is made on hearsay, and there are many of them."""

import numpy as np

from core.experiments._measures import again
from core.nets.experiment import Experiment
from core.nets.study import Study
from core.nets.train import Training
from core.scene import Claim, Runner
from core.spec import Text


def claim(experiment: Experiment, done: Training) -> Claim:
    yield experiment.batch == 1
    last = done.batch_loss[0, 0, -done.each :]
    yield f"{last.min():.1f}"
    yield f"{last.max():.1f}"
    yield f"{done.loss[0, 0, -1]:.2f}"
    whole = again(experiment, batch=0, seeds=5)
    yield (np.diff(whole.loss) < 0).all()
    yield f"{whole.steps}"
    yield f"{whole.loss[0, 0, -1]:.2f}"
    yield f"{done.steps}"
    yield (again(experiment, seeds=5).loss[0, :, -1] < whole.loss[0, :, -1] / 2).all()


STUDY = Study(
    title=Text("One example at a time", "한 번에 데이터 하나씩"),
    observe=Text(
        "Each update sees one example. In the last epoch their losses jump between 0.0 and 4.1, yet after 9000 "
        "updates the loss over all is 0.03. Batches of all examples go down at every update, but 60 epochs are 60 "
        "updates: 0.31.",
        "업데이트마다 데이터를 하나만 본다. 마지막 에폭에서도 그 손실은 0.0과 4.1 사이에서 널뛰지만, 9000번 "
        "업데이트한 뒤 전체 손실은 0.03이다. 배치를 전체로 하면 매번 내려가지만 60에폭이 업데이트 60번뿐이라 "
        "0.31에 그친다.",
    ),
    experiment=Experiment(batch=1, runners=(Runner("sgd", {"lr": 0.1}, colour=0),)),
    claim=claim,
    order=40,
    source="L. Bottou, F. E. Curtis, J. Nocedal, Optimization Methods for Large-Scale Machine Learning, 2018",
)
