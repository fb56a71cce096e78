"""Circles with two hidden neurons: each draws one line, and two lines close nothing."""

from core.experiments._measures import again, percent
from core.nets.experiment import Experiment, Film
from core.nets.study import Study
from core.nets.train import Training
from core.scene import Claim, Runner
from core.spec import Text


def claim(experiment: Experiment, done: Training) -> Claim:
    yield experiment.layers == (2,)
    yield experiment.seeds == 5
    yield percent(done.accuracy[0, :, -1].max())
    closed = again(experiment, layers=(3,)).accuracy[0, :, -1]
    yield len({percent(share) for share in closed}) == 1
    yield percent(closed[0])


STUDY = Study(
    title=Text("Two neurons close no circle", "뉴런 둘로는 원을 못 닫는다"),
    observe=Text(
        "Each tanh neuron of the first layer draws one line, and two lines enclose nothing: from five different "
        "initial weights none gets more than 83 % right. Add a third neuron, and all five get 99 %.",
        "첫 은닉층의 tanh 뉴런은 저마다 직선을 하나 긋는데, 직선 둘로는 아무것도 둘러싸지 못한다. 초깃값 다섯 가지 "
        "가운데 어느 것도 정확도 83%를 넘지 못한다. 뉴런을 셋으로 늘리면 다섯 모두 99%가 된다.",
    ),
    experiment=Experiment(
        dataset="circles",
        layers=(2,),
        epochs=200,
        seeds=5,
        runners=(Runner("adam", {"lr": 0.02}, colour=0),),
        film=Film(tab="network"),
    ),
    claim=claim,
    order=22,
)
