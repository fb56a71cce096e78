"""Words: every language says everything, and what it says is used."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from core import OPTIMIZERS, SCHEDULES, SURFACES
from core.figures.palette import PENS
from core.presets import PRESETS
from core.schedules._warmup import CLIMB
from core.spec import Text, numeral
from core.text import LANGUAGES, TABLES
from pages.maps import picture as field
from pages.network import chart, film, graph
from pages.race import picture
from pages.shared.foreign import WORDS as FOREIGN

WORDS = {*picture.WORDS, *field.WORDS, *film.WORDS, *graph.WORDS, *chart.WORDS}  # what is sent to the browser
ROOT = Path(__file__).parents[1]
SOURCES = [ROOT / "app.py", *sorted((ROOT / "pages").rglob("*.py"))]
SCRIPTS = sorted((ROOT / "pages").rglob("*.js"))
HANGUL = re.compile(r"[가-힣]")
# Said alike in every language: names and symbols.
NAMES = {record.name for record in OPTIMIZERS.values()} | {"Descent Lab"}


def placeholders(sentence):
    return sorted(name for _, name, *_ in string.Formatter().parse(sentence) if name is not None)


def texts() -> Iterator[tuple[str, Text]]:
    """Every bilingual text of every declaration, with the place where it stands."""

    def within(place, thing, seen):
        if isinstance(thing, Text):
            yield place, thing
        elif isinstance(thing, dict) or hasattr(thing, "items"):
            for key, value in thing.items():
                yield from within(f"{place}.{key}", value, seen)
        elif isinstance(thing, (list, tuple)):
            for i, value in enumerate(thing):
                yield from within(f"{place}[{getattr(value, 'name', i)}]", value, seen)
        elif is_dataclass(thing) and id(thing) not in seen:
            seen.add(id(thing))
            for field in fields(thing):
                yield from within(f"{place}.{field.name}", getattr(thing, field.name), seen)

    for kind, records in (
        ("optimizers", OPTIMIZERS),
        ("schedules", SCHEDULES),
        ("surfaces", SURFACES),
        ("presets", PRESETS),
    ):
        for key, record in records.items():
            yield from within(f"{kind}.{key}", record, set())
    yield from within("warmup", CLIMB, set())
    yield from within("pens", PENS, set())


def asked(tree: ast.AST) -> Iterator[tuple[str, set[str]]]:
    """Keys given to t(...) as they are written, with the names of the values; both arms of a condition count."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "t":
            values = {word.arg if word.arg else "**" for word in node.keywords}
            arms = [node.args[0].body, node.args[0].orelse] if isinstance(node.args[0], ast.IfExp) else [node.args[0]]
            for arm in arms:
                assert isinstance(arm, ast.Constant), f"t() with a key that no test can find: {ast.unparse(node)}"
                yield arm.value, values


ASKED = [
    (path.relative_to(ROOT), key, given) for path in SOURCES for key, given in asked(ast.parse(path.read_text("utf-8")))
]


def test_two_languages_and_the_same_keys():
    assert {"en", "ko"} <= set(TABLES)
    assert LANGUAGES == {"en": "English", "ko": "한국어"}
    for table in TABLES.values():
        assert list(table) == list(TABLES["en"]), "in the same order, so that they can be read side by side"


def test_korean_keeps_one_tone():
    """The page speaks to its reader, in 합니다; the records are written as a textbook is, in 한다."""
    ends = re.compile(r"[가-힣]*다(?=[.?]|$)")
    spoken = {end for sentence in TABLES["ko"].values() for end in ends.findall(sentence)}
    assert [end for end in spoken if not end.endswith("니다")] == []
    written = {end for _, text in texts() for end in ends.findall(text.ko)}
    assert [end for end in written if end.endswith("니다") and end != "아니다"] == []
    assert len(spoken) > 20
    assert len(written) > 20


def test_korean_has_one_word_for_who_runs():
    """옵티마이저, as beside the button that adds one."""
    said = [path for path in (ROOT / "core").rglob("*") if path.suffix in (".py", ".toml")]
    assert [path for path in said if "경주자" in path.read_text("utf-8")] == []


@pytest.mark.parametrize("key", TABLES["en"])
def test_a_key_says_the_same_in_each_language(key):
    for lang, table in TABLES.items():
        assert table[key].strip() == table[key] != ""
        assert placeholders(table[key]) == placeholders(TABLES["en"][key]), lang
    en, ko = TABLES["en"][key], TABLES["ko"][key]
    assert not HANGUL.search(en)
    bare = re.sub(r"\{\w+\}", "", en)
    if re.search(r"[A-Za-z]{2,}", bare) and en not in NAMES:
        assert en != ko
        assert HANGUL.search(ko)
    assert "!" not in en + ko
    assert "..." not in en + ko, "…"


@pytest.mark.parametrize(
    ("path", "key", "given"), [pytest.param(*asked, id=f"{asked[0]}-{asked[1]}") for asked in ASKED]
)
def test_every_word_that_is_asked_for_exists(path, key, given):
    assert key in TABLES["en"], path
    if "**" not in given:
        assert set(placeholders(TABLES["en"][key])) == given, f"{path}: t({key!r}) fills other placeholders"


def test_every_word_is_asked_for():
    used = {key for _, key, _ in ASKED} | {*WORDS, *FOREIGN.values(), "language_name"}
    assert [key for key in TABLES["en"] if key not in used] == []


def test_every_word_that_the_stage_is_sent_it_writes():
    assert set(TABLES["en"]) >= WORDS
    assert all(
        len(set(words)) == len(words) for words in (picture.WORDS, field.WORDS, film.WORDS, graph.WORDS, chart.WORDS)
    )
    script = "\n".join(path.read_text("utf-8") for path in SCRIPTS)
    assert [key for key in WORDS if not re.search(rf"words\.{key}\b|\"{key}\"", script)] == []
    asked_by_script = set(re.findall(r"\bwords\.(\w+)\b(?!\()", script))
    assert asked_by_script <= WORDS


@pytest.mark.parametrize(("place", "text"), [pytest.param(place, text, id=place) for place, text in texts()])
def test_a_declaration_speaks_both_languages(place, text):
    assert not HANGUL.search(text.en), text.en
    assert placeholders(text.en) == placeholders(text.ko)
    if text.en == text.ko:
        assert text.en in NAMES or not re.search(r"[A-Za-z]{3,}", text.en), f"not translated: {text.en}"
    elif re.search(r"[A-Za-z]{3,}", text.en):
        assert HANGUL.search(text.ko), f"no Korean: {text.ko}"


OTHERWISE = {  # a Korean word that was used beside another for the same thing -> the one that is used
    r"맵": "지도",
    r"걸음": "스텝",
    r"출발점": "시작점",
    r"극솟값|국소 최솟값": "지역 최솟값",
    r"경사 하강": "경사하강법",
    r"잡음": "노이즈",
    r"곡면": "지형",
    r"스케쥴": "스케줄",
    r"최적화기": "옵티마이저",
    r"정답률": "정확도",
}


def test_one_thing_has_one_word_in_korean():
    """Wherever Korean stands in the sources: words of the interface, records, faults, notes of programs."""
    files = [*SOURCES, *(path for path in (ROOT / "core").rglob("*") if path.suffix in (".py", ".toml"))]
    lines = [(path, line) for path in (*files, ROOT / "README.md") for line in path.read_text("utf-8").splitlines()]
    assert sum(bool(HANGUL.search(line)) for _, line in lines) > 500
    wrong = [
        f"{path.relative_to(ROOT)}: {found[0]}, not {better}: {line.strip()}"
        for path, line in lines
        for word, better in OTHERWISE.items()
        if (found := re.search(word, line))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("value", "digits", "written"),
    [
        *((-1e6, 6, "−1e6"), (1e-6, 6, "1e−6"), (5000, 6, "5000"), (-0.0, 6, "0"), (-2.5, 6, "−2.5")),
        *((2 / 3, 3, "0.667"), (1e5, 6, "100000"), (1.5e-12, 6, "1.5e−12")),
    ],
)
def test_a_number_in_a_sentence_is_written_as_people_write_it(value, digits, written):
    assert numeral(value, digits) == written


def test_there_is_something_to_test():
    places = [place for place, _ in texts()]
    assert len(places) > 100
    for part in (".about", ".teaches", ".observe", ".label", ".differs.keras", ".title"):
        assert any(part in place for place in places), part


@pytest.mark.parametrize(("place", "text"), [pytest.param(place, text, id=place) for place, text in texts()])
def test_sentences_end_like_sentences(place, text):
    """A sentence of more than a few words ends with a full stop in both languages, or in neither."""
    long = len(text.en.split()) > 7
    if long:
        assert text.en.endswith((".", "!", "?")) == text.ko.rstrip().endswith((".", "!", "?")), (text.en, text.ko)
    assert "  " not in text.en
    assert "  " not in text.ko


@pytest.mark.parametrize(("place", "text"), [pytest.param(place, text, id=place) for place, text in texts()])
def test_nothing_is_taken_for_markdown(place, text):
    """Two stars in a sentence would vanish, and what stands between them would lean."""
    for words in (text.en, text.ko):
        assert not re.search(r"[*~$].*[*~$]", words), words
