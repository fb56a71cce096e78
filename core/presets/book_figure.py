"""The four-panel figure of the book: one bowl, four optimizers, thirty steps."""

from core.scene import Preset, Runner, Scene, View
from core.spec import Text

PRESET = Preset(
    title=Text("Four ways down one bowl", "한 그릇, 네 가지 경로"),
    observe=Text(
        "SGD changes sides at every step, momentum swings wide and past the minimum, AdaGrad goes straight in "
        "and ends lowest, f = 0.0007.",
        "SGD는 매 스텝 y의 부호를 바꾸며 지그재그로 가고, 모멘텀은 크게 휘어 최솟값을 지나치며, AdaGrad는 곧장 "
        "들어가 가장 낮은 f = 0.0007에서 끝난다.",
    ),
    scene=Scene(
        surface="bowl",
        start=(-7.0, 2.0),
        steps=30,
        runners=(
            Runner("sgd", {"lr": 0.95}, colour=0),
            Runner("momentum", {"lr": 0.1}, colour=1),
            Runner("adagrad", {"lr": 1.5, "eps": 1e-7}, colour=2),
            Runner("adam", {"lr": 0.3}, colour=3),
        ),
        view=View(window=(-8.0, 3.0, -5.5, 5.5)),
    ),
    order=10,
    source="K. Saito, Deep Learning from Scratch, ch. 6",
)
