"""The seed example of the courses: one gradient of 5, then one of 3."""

from core.scene import Preset, Runner, Scene, View
from core.spec import Text

PRESET = Preset(
    title=Text("Gradients 5, then 3", "기울기 5, 그다음 3"),
    observe=Text(
        "At rate 0.1 SGD moves x by −0.5, −0.3; momentum by −0.5, −0.75; Nesterov's second step is −0.975. Adam's running "
        "mean m is 0.5, then 0.75.",
        "학습률 0.1에서 x의 변화는 SGD −0.5, −0.3, 모멘텀 −0.5, −0.75이고 네스테로프의 둘째 스텝은 −0.975이다. Adam의 이동 "
        "평균 m은 0.5, 다음은 0.75이다.",
    ),
    scene=Scene(
        surface="3*x + 2*max(x, 0) + y",
        start=(0.02, 0.0),
        steps=8,
        runners=(
            Runner("momentum", {"lr": 0.1, "momentum": 0.9}, colour=0),
            Runner("sgd", {"lr": 0.1}, colour=1),
            Runner("nesterov", {"lr": 0.1, "momentum": 0.9}, colour=2),
            Runner("adam", {"lr": 0.1}, colour=3),
        ),
        view=View(step=2),
    ),
    order=10,
)
