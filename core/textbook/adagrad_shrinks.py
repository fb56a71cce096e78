"""AdaGrad on an even slope: the sum under its root grows, the step shrinks like 1/√t."""

from core.scene import Preset, Runner, Scene, View
from core.spec import Text

PRESET = Preset(
    title=Text("AdaGrad's shrinking step", "줄어드는 AdaGrad의 스텝"),
    observe=Text(
        "The slope never changes, yet step t is η/√t long in x as in y: 0.5 at first, 0.25 at step 4, 0.1 at step 25, 0.05 "
        "at step 100.",
        "기울기는 그대로인데 t번째 스텝은 x와 y에서 똑같이 η/√t이다. 처음은 0.5, 4스텝에 0.25, 25스텝에 0.1, 100스텝에 "
        "0.05이다.",
    ),
    scene=Scene(
        surface="2*x + y",
        start=(4.5, 4.5),
        steps=100,
        runners=(Runner("adagrad", {"lr": 0.5}, colour=0), Runner("sgd", {"lr": 0.05}, colour=1)),
        view=View(step=4),
    ),
    order=30,
    source="J. Duchi, E. Hazan, Y. Singer, Adaptive Subgradient Methods for Online Learning, 2011",
)
