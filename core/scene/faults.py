"""What is wrong with a scene, in a sentence: what came, what was expected, and what is used instead."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from core.scene.limits import MAX_FAULTS, MAX_QUERY, MAX_RUNNERS
from core.spec import Text, numeral

MOST_NAMED = 12  # of the possible values; whoever needs them all looks at the menu
SEPARATOR = "~"  # of several values, here as in a link, where it stands unescaped


class SceneError(ValueError):
    """A fault in a scene, as a sentence in every language. alone: the sentence for whom nothing was put in its place."""

    def __init__(self, text: Text, alone: Text | None = None) -> None:
        super().__init__(text.en)
        self.text, self.alone = text, alone or text

    @property
    def refusal(self) -> SceneError:
        """The fault as it is raised: nothing is used instead then."""
        return SceneError(self.alone)


DEFAULT = Text("its default", "기본값")  # what is used instead, where that has no name


def refused(name: str, got: object, expected: Text, instead: str | Text | None = None) -> SceneError:
    """The fault of a value that cannot be had: what came, what was expected, and what is used instead."""
    got = _quoted(got)
    en = f"{name}: got {got}, expected {expected.en}"
    ko = f"{name}: {got}은(는) 쓸 수 없는 값입니다. 필요한 값: {expected.ko}."
    alone = Text(f"{en}.", ko)
    if instead is None:
        return SceneError(alone)
    used = instead if isinstance(instead, Text) else Text(instead, instead)
    return SceneError(Text(f"{en}; {used.en} is used instead.", f"{ko} 대신 {used.ko}을(를) 씁니다."), alone)


def left_out(fault: SceneError) -> SceneError:
    """The fault of an optimizer in whose place there is nothing."""
    text = Text(f"{fault.text.en} It was left out.", f"{fault.text.ko} 이 옵티마이저는 뺐습니다.")
    return SceneError(text, fault.alone)


def unknown(kind: str, got: object, names: Iterable[str], instead: str | None = None) -> SceneError:
    """The fault of a name that there is not: what came, the one that it looks like or all there are, and what is used instead."""
    names = [*names]
    near = difflib.get_close_matches(got[:40], names, 1) if isinstance(got, str) else []
    if not near:
        return refused(kind, got, one_of(names), instead)
    got = _quoted(got)
    alone = Text(
        f"{kind}: {got} is not known; did you mean {near[0]}?",
        f"{kind}: {got}은(는) 없는 이름입니다. 혹시 {near[0]}을(를) 찾으셨나요?",
    )
    if instead is None:
        return SceneError(alone)
    return SceneError(Text(f"{alone.en} {instead} is used instead.", f"{alone.ko} 대신 {instead}을(를) 씁니다."), alone)


def _quoted(got: object) -> str:
    """What came, safe to show: short, and without anything that could be markup or a link."""
    text = SEPARATOR.join(_named(v) for v in got[:16]) if isinstance(got, (list, tuple)) else _named(got)
    # Kept are letters, digits and .,+-~_ except where a dot could make an address, or ~~ and _x_ a style.
    text = re.sub(r"[^\w .,+~-]|\b_+|_+\b|(?<=[^\W\d_])\.|~~+", "?", text[:31])
    return f"'{text[:30]}…'" if len(text) > 30 else f"'{text}'"


def _named(got: object) -> str:
    """A text or a number as it is, anything else by its kind; a number of thousands of digits has no text."""
    if isinstance(got, str):
        return got[:31]
    if got is None or isinstance(got, (bool, float)) or (isinstance(got, int) and abs(got) < 1e30):
        return str(got)
    return type(got).__name__


@lru_cache(maxsize=256)
def between(low: float, high: float) -> Text:
    """What is expected of a number in a range."""
    least, most = numeral(low), numeral(high)
    return Text(f"a number from {least} to {most}", f"{least} 이상 {most} 이하의 수")


@lru_cache(maxsize=256)
def whole(low: int, high: int) -> Text:
    """What is expected where `to_whole` reads."""
    return Text(f"a whole number from {low} to {high}", f"{low} 이상 {high} 이하의 정수")


def one_of(names: Iterable[str]) -> Text:
    """What is expected where a name is chosen; of many names the first dozen."""
    names = [*names]
    named, rest = ", ".join(names[:MOST_NAMED]), len(names) - MOST_NAMED
    if rest > 0:
        return Text(f"one of {named} and {rest} more", f"{named} 외 {rest}개 가운데 하나")
    return Text(f"one of {named}", f"{named} 가운데 하나")


def spelled(value: Any) -> str | None:
    """A default as it is named in a fault."""
    if value is None:
        return None
    if isinstance(value, tuple):
        return f"({', '.join(map(numeral, value))})"
    return numeral(value) if isinstance(value, (int, float)) else str(value)


def known(records: Mapping[str, Any], key: object, kind: str) -> Any:
    """The record behind a key. Raises SceneError where there is none."""
    if isinstance(key, str) and key in records:
        return records[key]
    raise unknown(kind, key, records)


def told(problems: list[SceneError]) -> list[SceneError]:
    """The first of them, and that there are more."""
    return problems if len(problems) <= MAX_FAULTS else [*problems[:MAX_FAULTS], MORE_FAULTS]


EDGES = Text("low x, high x, low y, high y", "x의 최소와 최대, y의 최소와 최대")
YES_OR_NO = Text("true or false", "true 또는 false")
MAPPING = Text("a mapping of names to values", "이름과 값의 대응")
TOO_MANY = SceneError(
    Text(
        f"A scene holds at most {MAX_RUNNERS} runners; the rest were left out.",
        f"한 장면에는 옵티마이저를 {MAX_RUNNERS}개까지 넣을 수 있어 나머지는 뺐습니다.",
    ),
    Text(
        f"A scene holds at most {MAX_RUNNERS} runners.",
        f"한 장면에는 옵티마이저를 {MAX_RUNNERS}개까지 넣을 수 있습니다.",
    ),
)
MORE_FAULTS = SceneError(
    Text(
        f"There are more faults; only the first {MAX_FAULTS} are named.",
        f"잘못된 곳이 더 있지만 처음 {MAX_FAULTS}개만 알려 드립니다.",
    )
)
TOO_LONG = SceneError(
    Text(
        f"The link is longer than {MAX_QUERY} characters; what follows was left out.",
        f"링크가 {MAX_QUERY}자보다 길어 그 뒤는 읽지 않았습니다.",
    )
)
