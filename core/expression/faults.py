"""What can be wrong with a typed formula, in sentences."""

from __future__ import annotations

from core.expression.names import CALLABLE, SPELLINGS
from core.expression.tree import CONSTANTS
from core.spec import Text, numeral

MAX_LENGTH = 300  # characters
MAX_NODES = 120
MAX_DEPTH = 64  # of parentheses, signs and right-hand sides in one another
MAX_NUMBER = 1e12


class ExpressionError(ValueError):
    """A fault in a typed formula: a sentence in every language, and where it is.

    position: index into the text as it was typed. suggestion: the whole text with this fault mended, and those
    that come after it too, or "". readings: where there is more than one way to mend it, each of them instead.
    What is suggested is always a formula.
    """

    def __init__(self, text: Text, position: int, suggestion: str = "", readings: tuple[str, ...] = ()) -> None:
        super().__init__(text.en)
        self.text = text
        self.position = position
        self.suggestion = suggestion
        self.readings = readings


EMPTY = Text("Type a formula in x and y, for example x^2 + y^2.", "x^2 + y^2처럼 x와 y로 된 식을 입력하세요.")
TOO_LONG = Text(
    f"A formula has at most {MAX_LENGTH} characters; the mark shows where this one has to end.",
    f"식은 {MAX_LENGTH}자까지 쓸 수 있습니다. 표시한 곳에서 끝나야 합니다.",
)
TOO_DEEP = Text("Too many parentheses and signs inside one another.", "괄호나 부호가 너무 여러 겹입니다.")
TOO_MANY = Text(
    f"A formula has at most {MAX_NODES} numbers, names and signs; this one has more.",
    f"수와 이름, 연산 기호는 모두 합쳐 {MAX_NODES}개까지 쓸 수 있습니다.",
)
TOO_LARGE = Text(
    f"Numbers go up to {numeral(MAX_NUMBER)}; this one is larger.", f"{numeral(MAX_NUMBER)}보다 큰 수는 쓸 수 없습니다."
)
LEADING_ZERO = Text(
    "A whole number does not begin with 0: write {new}.", "정수는 0으로 시작하지 않습니다. {new}로 쓰세요."
)
NEVER_CLOSED = Text("This parenthesis is never closed: a ) is missing.", "괄호가 닫히지 않았습니다. )가 빠졌습니다.")
NEVER_OPENED = Text(
    "This parenthesis was never opened: there is a ) too many.", "열지 않은 괄호를 닫았습니다. )가 하나 더 있습니다."
)
OTHER_BRACKET = Text("This bracket is closed by one of another kind.", "여는 괄호와 닫는 괄호의 종류가 서로 다릅니다.")
BARS = Text(
    "A bar of an absolute value has no partner; abs(x) says the same as |x|.",
    "절댓값 기호의 짝이 맞지 않습니다. |x| 대신 abs(x)로 써도 됩니다.",
)
DECIMAL_COMMA = Text("Decimals are written with a point, not with a comma.", "소수점은 쉼표가 아니라 마침표로 씁니다.")
COMMA = Text(
    "A comma only stands between the arguments of a function, as in max(x, y).",
    "쉼표는 max(x, y)처럼 함수의 인수 사이에만 씁니다.",
)
PRODUCT_MISSING = Text(
    "An operator is missing here; products are written with *.", "연산 기호가 빠졌습니다. 곱셈은 *로 씁니다."
)
NOTHING_BEFORE = Text("Something is missing before this sign.", "이 기호 앞에 값이 없습니다.")
NOTHING_INSIDE = Text("There is nothing inside these parentheses.", "괄호 안이 비어 있습니다.")
NOTHING_AFTER = Text("Something is missing after {sign}.", "{sign} 다음에 값이 없습니다.")
BARE_FUNCTION = Text(
    "{name} needs its argument in parentheses, as in {name}(x).", "{name}(x)처럼 인수를 괄호 안에 써야 합니다."
)
FUNCTION_POWER = Text(
    "Only a whole number can be the power of a function, as in sin^2(x).",
    "함수 이름의 거듭제곱에는 sin^2(x)처럼 정수만 쓸 수 있습니다.",
)
ONE_ARGUMENT = Text("{name} takes one argument.", "{name} 함수의 인수는 하나입니다.")
TWO_ARGUMENTS = Text(
    "{name} takes two arguments, separated by a comma.", "{name} 함수의 인수는 쉼표로 나눈 두 개입니다."
)
THREE_ARGUMENTS = Text(
    "{name} takes three arguments, separated by commas.", "{name} 함수의 인수는 쉼표로 나눈 세 개입니다."
)
MANY_ARGUMENTS = Text(
    "{name} takes two arguments or more, separated by commas.", "{name} 함수의 인수는 쉼표로 나눈 두 개 이상입니다."
)
DID_YOU_MEAN = Text("{name} is not known; did you mean {new}?", "{name}: 알 수 없는 이름입니다. 혹시 {new}인가요?")
_NAMES = ", ".join((*CONSTANTS, *sorted(CALLABLE - {*SPELLINGS})))
UNKNOWN = Text(
    f"{{name}} is not known. There are x, y, numbers, {_NAMES}.",
    f"{{name}}: 알 수 없는 이름입니다. 쓸 수 있는 것은 x, y, 수와 {_NAMES}입니다.",
)
UNKNOWN_WORD = Text(
    f"This name is not known. There are x, y, numbers, {_NAMES}.",
    f"알 수 없는 이름입니다. 쓸 수 있는 것은 x, y, 수와 {_NAMES}입니다.",
)
OTHER_VARIABLE = Text(
    "{name} does not go with the other variables. There are two: x and y, or x1 and x2, or w and b.",
    "{name}: 다른 변수와 함께 쓸 수 없습니다. 변수는 x와 y, x1과 x2, w와 b처럼 두 개입니다.",
)
TWO_READINGS = Text(
    "This can be read in more than one way. Which is meant?", "두 가지 이상으로 읽을 수 있습니다. 어느 쪽인가요?"
)
EQUATION = Text(
    "An equation says where two things are equal, and has no height of its own. Type the function alone; "
    "(left side − right side)^2 is lowest where an equation holds.",
    "등식은 두 식이 같아지는 곳을 나타낼 뿐 높이가 없습니다. 함수만 입력하세요. "
    "등식이 성립하는 곳에서 가장 낮은 함수는 (좌변 − 우변)^2입니다.",
)
CONDITION = Text(
    "A condition chooses between two values, as in (x ≥ 0 ? x : 0), or is a factor in parentheses, as in (x ≥ 0)*x.",
    "조건은 (x ≥ 0 ? x : 0)처럼 두 값 가운데 하나를 고르거나, (x ≥ 0)*x처럼 괄호로 묶어 곱할 때 씁니다.",
)
NO_CONDITION = Text("A condition is missing here, such as x ≥ 0.", "x ≥ 0과 같은 조건이 필요합니다.")
HALF_CHOICE = Text(
    "A condition needs two values: (x ≥ 0 ? x : 0), or x if x ≥ 0 else 0.",
    "조건에는 값이 두 개 필요합니다. (x ≥ 0 ? x : 0) 또는 x if x ≥ 0 else 0처럼 쓰세요.",
)
WRITE = Text("This character has to be written as {new}.", "이 문자는 {new}(으)로 써야 합니다.")
POINT = Text("A point only stands inside a number, as in 0.5.", "점(.)은 0.5처럼 수 안에서만 쓸 수 있습니다.")
COMMAND = Text("This LaTeX command is not known here.", "여기서는 쓸 수 없는 LaTeX 명령입니다.")
STRANGE = Text("This character cannot stand in a formula.", "식에 쓸 수 없는 문자입니다.")
