"""Noise as a way out of the dents, and cooling as a way to stop."""

from core.scene import Plan, Preset, Runner, Scene
from core.spec import Text

PRESET = Preset(
    title=Text("Shaken out of the dents", "노이즈로 구덩이 벗어나기"),
    observe=Text(
        "Rate 0.002 and Adam never leave the first dent, 0.005 roams to the end, and 0.005 with cosine settles "
        "in the deepest. Try another seed.",
        "학습률 0.002와 Adam은 첫 구덩이에 갇히고 0.005는 끝까지 떠돈다. 0.005에 코사인 스케줄을 쓰면 가장 깊은 "
        "구덩이에 자리 잡는다. 시드도 바꿔 보자.",
    ),
    scene=Scene(
        surface="rastrigin",
        steps=300,
        noise=50.0,
        seed=57,
        runners=(
            Runner("sgd", {"lr": 0.002}, colour=0),
            Runner("sgd", {"lr": 0.005}, colour=1),
            Runner("sgd", {"lr": 0.005}, Plan("cosine"), colour=2),
            Runner("adam", {"lr": 0.1}, colour=3),
        ),
    ),
    order=110,
)
