"""A regression with ten noisy points and three large layers: a curve through every point."""

import numpy as np

from core.experiments._measures import again, lowest
from core.nets.experiment import Experiment, Film
from core.nets.study import Study
from core.nets.train import Training
from core.scene import Claim, Runner
from core.spec import Text


def claim(experiment: Experiment, done: Training) -> Claim:
    yield f"{experiment.kept}"
    yield f"{done.network.parameters}"
    epoch, least = lowest(done)
    yield f"{epoch}"
    yield f"{least:.2f}"
    yield f"{done.val_loss[0, 0, -1]:.2f}"
    away = np.abs(done.network.outputs(done.weights[0, 0, -1], done.data.x)[-1] - done.data.t)[:, 0]
    missed = away > 0.01
    yield f"{np.count_nonzero(~missed)}"
    yield np.ptp(done.data.x[missed]) < 0.001
    several = again(experiment, seeds=3)
    yield (several.val_loss[0, :, -1] > 2 * several.val_loss[0].min(axis=1)).all()
    yield (several.loss[0, :, -1] < 0.01).all()


STUDY = Study(
    title=Text("Through every point", "모든 점을 지나는 곡선"),
    observe=Text(
        "10 noisy points of a wave, 2209 parameters. The validation loss is lowest after 200 epochs, at 0.12; by the "
        "end it is 0.28, for the curve has been bent through 8 of the points, all but two that stand one above the "
        "other.",
        "물결에서 뽑은 노이즈 섞인 점 10개에 매개변수가 2209개이다. 검증 손실은 200에폭에 0.12로 가장 낮지만 끝에는 "
        "0.28이 된다. 곡선이 점 8개를 그대로 지나도록 구부러진 탓이다. 나머지 둘은 같은 자리에 위아래로 놓여 있다.",
    ),
    experiment=Experiment(
        dataset="wave",
        samples=20,
        noise=0.3,
        validation=0.5,
        layers=(32, 32, 32),
        batch=0,
        epochs=1000,
        runners=(Runner("adam", {"lr": 0.01}, colour=0),),
        film=Film(tab="network"),
    ),
    claim=claim,
    order=88,
    source="C. M. Bishop, Pattern Recognition and Machine Learning, 2006, section 1.1",
)
