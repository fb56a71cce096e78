"""ReLUs that no example reaches any more get no gradient, and never come back."""

from core.experiments._measures import again, hidden
from core.nets.experiment import Experiment, Film
from core.nets.study import Study
from core.nets.train import Training
from core.scene import Claim, Runner
from core.spec import Text


def silent(done: Training, runner: int, seed: int = 0, moment: int = -1) -> int:
    return sum(int((said.max(axis=0) <= 0).sum()) for said in hidden(done, runner, seed, moment))


def claim(experiment: Experiment, done: Training) -> Claim:
    yield f"{done.network.hidden}"
    yield silent(done, 0, moment=0) == silent(done, 1, moment=0) == 0
    for i, runner in enumerate(experiment.runners):
        yield f"{runner.hypers['lr']:g}"
        yield f"{silent(done, i)}"
    yield f"{done.loss[1, 0, -1]:.2f}"
    several = again(experiment, seeds=5)
    yield f"{min(silent(several, 1, seed) for seed in range(5))}"
    yield all(silent(several, 0, seed) <= 2 for seed in range(5))


STUDY = Study(
    title=Text("Dying ReLUs", "죽은 ReLU"),
    observe=Text(
        "Of 32 ReLUs SGD at a rate of 0.1 leaves 1 that says 0 to every example; at 3 it is 26, thrown so far that no "
        "gradient reaches them, and the loss of 0.69 is that of guessing. Four other initial weights lose 18 or more.",
        "ReLU 32개 가운데 모든 데이터에 0만 내놓는 뉴런이 학습률 0.1인 SGD에서는 1개, 3에서는 26개이다. 너무 멀리 "
        "튕겨 나가 기울기가 닿지 않으며, 손실도 찍는 수준인 0.69이다. 초깃값 네 가지를 더 써 봐도 18개 이상 죽는다.",
    ),
    experiment=Experiment(
        layers=(16, 16),
        activation="relu",
        init="he",
        runners=(Runner("sgd", {"lr": 0.1}, colour=0), Runner("sgd", {"lr": 3.0}, colour=1)),
        film=Film(tab="layers", chosen=1),
    ),
    claim=claim,
    order=74,
    source="L. Lu et al., Dying ReLU and Initialization: Theory and Numerical Examples, 2019",
)
