"""What the field's terms are called otherwise: who knows Line search as 직선 탐색, or SAM by its long name, finds it too."""

from __future__ import annotations

import re
from functools import lru_cache

from core.spec import Text
from core.text import LANGUAGES

# Of each term the names in every language, the usual one first, separated by commas; the most special terms first.
TERMS: tuple[Text, ...] = (
    Text("line search", "직선 탐색, 선 탐색"),
    Text("backtracking, backtracking line search", "백트래킹, 백트래킹 직선 탐색"),
    Text("conjugate gradients, conjugate gradient, CG", "켤레 기울기법, 공액 기울기법"),
    Text("Newton, Newton's method", "뉴턴법, 뉴튼법"),
    Text("quasi-Newton, BFGS", "준뉴턴법, 의사 뉴턴법"),
    Text("Hessian", "헤세 행렬, 헤시안"),
    Text("Polyak", "폴리악"),
    Text("averaged SGD, ASGD", "평균 확률적 경사하강법"),
    Text("resilient backpropagation, Rprop", "탄력적 역전파"),
    Text("sharpness-aware minimization, SAM", "첨예도 인식 최소화"),
    Text("learning-rate-free, parameter-free", "학습률이 필요 없는 방법"),
    Text("schedule-free", "스케줄 없는 방법"),
    Text("preconditioned, preconditioner", "전처리, 선조건화"),
    Text("Nesterov", "네스테로프"),
    Text("momentum, heavy ball", "모멘텀, 관성"),
    Text("stochastic", "확률적"),
    Text("cosine, cosine annealing, cosine decay", "코사인, 코사인 어닐링, 코사인 감쇠"),
    Text("gradient descent, steepest descent, SGD", "경사하강법, 최급강하법"),
)


@lru_cache(maxsize=1024)
def other_names(text: str) -> tuple[tuple[str, ...], ...]:
    """For every term that a text uses, by any of its names, all of its names, those of each language together."""
    spoken = [[tuple(term[language].split(", ")) for language in LANGUAGES] for term in TERMS]
    used = [names for names in spoken if any(_said(name, text) for own in names for name in own)]
    return tuple(own for names in used for own in names)


def long_name(name: str, language: str) -> str:
    """What a method is usually called in a language, where its own name does not say that already; else nothing."""
    own = other_names(name)[[*LANGUAGES].index(language) :]
    return own[0][0] if own and not _said(own[0][0], name) else ""


def _said(name: str, text: str) -> bool:
    """Whether a text has a name in it, as a word of its own."""
    return bool(re.search(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])", text, re.IGNORECASE))
