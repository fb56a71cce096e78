"""Why there is no program."""

from __future__ import annotations

from core.spec import Text


class ExportError(ValueError):
    """Why there is no such program, as a sentence in every language."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


DRAWS = Text("The NumPy program draws this path.", "NumPy 코드로는 이 경로를 그릴 수 있습니다.")


def refusal(en: str, ko: str, reason: Text | None = None, instead: Text = DRAWS) -> ExportError:
    """Why a library cannot do it, what can, and the record's own words on the difference."""
    text = Text(f"{en} {instead.en}", f"{ko} {instead.ko}")
    if reason:
        text = Text(f"{text.en} What differs: {reason.en}", f"{text.ko} 다른 점: {reason.ko}")
    return ExportError(text)


BEYOND = Text(
    "At the start the surface is higher than a number can say, so there is no path to write a program for.",
    "시작점에서 지형의 높이가 컴퓨터가 다룰 수 있는 수의 범위를 넘습니다. 경로가 없으므로 내보낼 코드도 없습니다.",
)
