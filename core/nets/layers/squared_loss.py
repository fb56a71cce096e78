"""Mean squared error: for a regression, whose outputs are taken as they are."""

from core.spec import Layer, Paper, Text


def forward(x, t):
    """The mean of (x − t)² over samples and outputs, and x itself: the outputs are the answer. t is (samples, outputs)."""
    return ((x - t) ** 2).sum() / x.size, x


def backward(x, t):
    """∂L/∂x = 2 (x − t) / number of outputs in the batch."""
    return 2 * (x - t) / x.size


LAYER = Layer(
    forward,
    backward,
    name=Text("Mean squared error", "평균 제곱 오차"),
    latex=r"L = \frac{1}{n}\sum (x - t)^2,\quad \frac{\partial L}{\partial x} = \frac{2}{n}(x - t)",
    about=Text(
        "For numbers. An error twice as large pulls twice as hard; a single outlier may pull harder than all the rest.",
        "회귀에 쓴다. 오차가 두 배면 당기는 힘도 두 배이므로, 이상치 하나가 나머지 전부보다 세게 당길 수도 있다.",
    ),
    source=Paper(
        "C. F. Gauss",
        "Theoria motus corporum coelestium in sectionibus conicis solem ambientium",
        1809,
        "https://doi.org/10.1017/CBO9780511841705",
    ),
    kind="loss",
    pytorch="torch.nn.MSELoss()",
    keras="keras.losses.MeanSquaredError()",
)
