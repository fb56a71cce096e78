"""The same race five times: how much is luck."""

from core.nets.experiment import Experiment
from core.nets.study import Study
from core.nets.train import Training
from core.scene import Claim, Runner
from core.spec import Text


def claim(experiment: Experiment, done: Training) -> Claim:
    yield experiment.seeds == 5
    sgd, momentum, adam = done.loss[:, :, -1]
    yield f"{momentum.min():.2f}"
    yield f"{momentum.max():.2f}"
    yield f"{adam.min():.2f}"
    yield f"{adam.max():.2f}"
    yield (momentum < sgd).all()
    yield 0 < (momentum < adam).sum() < 5
    yield (momentum < adam).sum() == 2


STUDY = Study(
    title=Text("One race proves nothing", "한 번 이겨서는 모른다"),
    observe=Text(
        "The same race from five different initial weights. Momentum ends anywhere from 0.03 to 0.29, Adam from 0.04 "
        "to 0.06: momentum wins two of five, so a single race between them says nothing. SGD loses to momentum all "
        "five times.",
        "같은 경주를 초깃값만 바꿔 다섯 번 한다. 모멘텀은 0.03에서 0.29, Adam은 0.04에서 0.06 사이로 끝난다. 모멘텀이 "
        "다섯 번 중 두 번 이기므로 한 번의 경주로는 둘의 우열을 알 수 없다. SGD는 모멘텀에 다섯 번 모두 진다.",
    ),
    experiment=Experiment(
        seeds=5,
        runners=(
            Runner("sgd", {"lr": 0.1}, colour=0),
            Runner("momentum", {"lr": 0.05}, colour=1),
            Runner("adam", {"lr": 0.01}, colour=2),
        ),
    ),
    claim=claim,
    order=100,
    source="D. Picard, torch.manual_seed(3407) is all you need, 2021",
)
