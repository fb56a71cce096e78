"""Data of a visitor's own: points placed by hand, or a small table, checked row by row."""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np

from core.scene.faults import SceneError
from core.spec import Dataset, Paper, Text

OWN = "own"  # in the place of the key of a data set
MOST_ROWS, MOST_BYTES, MOST_CLASSES, MOST_COLUMNS = 2000, 200_000, 10, 3
IN_LINK = 150  # rows that travel in a link
LEAST = 4  # rows, with which something can be learnt and something kept for validation
AROUND = 1.5  # the map, for points that lie within it
DIGITS = 3  # behind the point, so that a link brings back the very same numbers
DELIMITERS = ("\t", ";", ",")

Row = tuple[float, ...]  # (x, y, class), or (x, value) of a regression


def refused(en: str, ko: str) -> SceneError:
    """A fault of a table, in both languages."""
    return SceneError(Text(en, ko))


def rows_of(given: Any) -> tuple[Row, ...] | None:
    """Rows from plain data, all of one kind and rounded; None where they are none."""
    if not isinstance(given, (list, tuple)) or len(given) > MOST_ROWS:
        return None
    rows: list[Row] = []
    for row in given:
        if not isinstance(row, (list, tuple)) or len(row) not in (2, 3) or (rows and len(row) != len(rows[0])):
            return None
        if any(isinstance(v, bool) or not isinstance(v, (int, float)) or not abs(v) <= 1e6 for v in row):
            return None
        if len(row) == 3 and not (float(row[2]).is_integer() and 0 <= row[2] < MOST_CLASSES):
            return None
        places = (*(round(float(v), DIGITS) for v in row[:2]), *(float(v) for v in row[2:]))
        rows.append(places)
    return tuple(rows)


def spell(rows: Iterable[Row]) -> str:
    """Rows in a link: numbers by commas, rows by semicolons."""
    return ";".join(",".join(repr(v).removesuffix(".0") for v in row) for row in rows)


def read(text: Any) -> tuple[Row, ...] | None:
    """What `spell` wrote."""
    if not isinstance(text, str) or not text:
        return None
    try:
        return rows_of([[float(v) for v in row.split(",")] for row in text.split(";")])
    except ValueError:
        return None


def ready(rows: tuple[Row, ...]) -> bool:
    """Whether there is enough to learn from: some rows, of two classes at least."""
    return len(rows) >= LEAST and (len(rows[0]) == 2 or len({row[2] for row in rows}) > 1)


@lru_cache(maxsize=32)
def dataset_of(rows: tuple[Row, ...]) -> Dataset:
    """The data set of some rows."""
    table = np.array(rows, float).reshape(len(rows), len(rows[0]) if rows else 3)
    regression = table.shape[1] == 2
    classes = 0 if regression else max(2, int(table[:, 2].max(initial=1)) + 1)

    def draw(samples: int, noise: float, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """All of them, whatever number is asked for."""
        t = table[:, -1] if regression else table[:, -1].astype(int)
        return table[:, : 1 if regression else 2], t

    return Dataset(
        draw,
        name=Text("Your own data", "직접 만든 데이터"),
        about=Text(
            "Your own points. A network that is large enough finds a boundary for any of them; whether it means anything, "
            "the validation says.",
            "직접 만든 데이터이다. 신경망이 충분히 크면 어떤 점에도 맞는 경계를 찾는다. 그 경계에 의미가 있는지는 검증 데이터가 말해 준다.",
        ),
        source=Paper("", "", 2026, ""),
        features=1 if regression else 2,
        task="regression" if regression else "classes",
        labels=tuple(str(k) for k in range(classes)),
        samples=max(len(rows), 2),
        noise=0.0,
        bounds=(_edges(table[:, 0]), _edges(table[:, 1])),
    )


def _edges(values: np.ndarray) -> tuple[float, float]:
    """The usual map, or one around everything."""
    if not len(values) or np.abs(values).max() <= AROUND:
        return -AROUND, AROUND
    low, high = float(values.min()), float(values.max())
    pad = 0.08 * (high - low or 1.0)
    return low - pad, high + pad


# --- a table ------------------------------------------------------------------------------------------


def table(raw: bytes) -> tuple[Row, ...]:
    """Rows of a CSV file: two numbers and a label, or x and the value of a regression, each column brought to mean 0 and
    deviation 1.

    A first line of titles is left out. Columns are parted by commas, semicolons or tabs; where by semicolons or tabs, numbers
    may have decimal commas. Labels may be words. Raises SceneError, in one sentence, for anything else.
    """
    if len(raw) > MOST_BYTES:
        raise refused(
            f"The file has {len(raw) / 1000:.0f} kB; up to {MOST_BYTES // 1000} kB can be taken. Leave out rows, or digits.",
            f"파일이 {len(raw) / 1000:.0f} kB입니다. {MOST_BYTES // 1000} kB까지 받을 수 있으니 행이나 자릿수를 줄여 주세요.",
        )
    lines = [(number, line) for number, line in enumerate(_text(raw).splitlines(), 1) if line.strip()]
    if not lines:
        raise refused("The file holds no rows.", "파일에 행이 없습니다.")
    parted = _delimiter([line for _, line in lines[:50]])
    try:
        cells = [[cell.strip() for cell in row] for row in csv.reader((line for _, line in lines), delimiter=parted)]
    except csv.Error as fault:
        raise refused(f"The file is no table of text: {fault}.", f"표로 읽을 수 없는 파일입니다: {fault}.") from None
    numbers = [number for number, _ in lines][: len(cells)]
    titled = all(_number(cell, parted) is None for cell in cells[0][:2])
    cells, numbers = cells[titled:], numbers[titled:]
    if not cells:
        raise refused("The file holds titles, but no rows.", "제목만 있고 행이 없는 파일입니다.")
    if len(cells) > MOST_ROWS:
        raise refused(
            f"The file has {len(cells)} rows; up to {MOST_ROWS} can be taken.",
            f"행이 {len(cells)}개입니다. {MOST_ROWS}개까지 받을 수 있습니다.",
        )
    width = len(cells[0])
    if width not in (2, 3):
        raise refused(
            f"The rows have {width} columns; expected are two numbers and a label, or x and y.",
            f"열이 {width}개입니다. 수 두 개와 레이블(분류), 또는 x와 y(회귀)가 필요합니다.",
        )
    for number, row in zip(numbers, cells, strict=True):
        if len(row) != width:
            raise refused(
                f"Line {number} has {len(row)} columns, and the first row {width}; every row needs as many.",
                f"{number}번째 줄은 열이 {len(row)}개인데 첫 행은 {width}개입니다. 모든 행의 열 수가 같아야 합니다.",
            )
    columns = [_column(i, cells, numbers, parted) for i in range(2)]
    places = [_standard(column) for column in columns]
    labels = [_classes([row[2] for row in cells], numbers)] if width == 3 else []
    rows = [*zip(*places, *labels, strict=True)]
    if len(rows) < LEAST:
        raise refused(
            f"The file has {len(rows)} rows; at least {LEAST} are needed to learn from.",
            f"행이 {len(rows)}개뿐입니다. 학습하려면 {LEAST}개 이상이 필요합니다.",
        )
    found = rows_of(rows)
    assert found is not None
    return found


def _text(raw: bytes) -> str:
    """The text of a file, whatever wrote it."""
    for encoding in ("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "cp949"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise refused(
        "The file is no text; a table saved as CSV is expected.",
        "텍스트 파일이 아닙니다. CSV로 저장한 표가 필요합니다.",
    )


def _delimiter(lines: list[str]) -> str:
    """What parts the columns: of tabs, semicolons and commas the first that most lines have."""
    return next((d for d in DELIMITERS if 2 * sum(d in line for line in lines) > len(lines)), ",")


def _number(cell: str, parted: str) -> float | None:
    """A finite number; with a decimal comma where commas part no columns."""
    text = cell.replace(",", ".") if parted != "," and cell.count(",") == 1 and "." not in cell else cell
    if "_" in text or not text.isascii():
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _column(i: int, cells: list[list[str]], numbers: list[int], parted: str) -> np.ndarray:
    found = []
    for number, row in zip(numbers, cells, strict=True):
        value = _number(row[i], parted)
        if value is None:
            shown = row[i][:20]
            if not shown:
                raise refused(
                    f"Line {number}, column {i + 1} is empty; fill it in, or leave the row out.",
                    f"{number}번째 줄의 {i + 1}번째 열이 비어 있습니다. 값을 채우거나 그 행을 빼 주세요.",
                )
            raise refused(
                f"Line {number}, column {i + 1} reads “{shown}”, where a number is expected.",
                f"{number}번째 줄의 {i + 1}번째 열은 “{shown}”인데 수가 필요합니다.",
            )
        found.append(value)
    return np.array(found)


def _standard(values: np.ndarray) -> list[float]:
    """Brought to mean 0 and deviation 1, as networks like it; a column that is the same everywhere to 0."""
    with np.errstate(all="ignore"):
        spread = float(values.std())
        moved = (values - values.mean()) / spread if spread > 0 and math.isfinite(spread) else np.zeros_like(values)
    return [float(v) for v in moved]


def _classes(labels: list[str], numbers: list[int]) -> list[int]:
    """Labels as the numbers 0, 1, ... in the order of their names."""
    for number, label in zip(numbers, labels, strict=True):
        if not label:
            raise refused(
                f"Line {number} has no label; fill it in, or leave the row out.",
                f"{number}번째 줄에 레이블이 없습니다. 값을 채우거나 그 행을 빼 주세요.",
            )
    counts = Counter(labels)
    if len(counts) > MOST_CLASSES:
        raise refused(
            f"There are {len(counts)} different labels; up to {MOST_CLASSES} classes can be shown.",
            f"레이블이 {len(counts)}가지입니다. 클래스는 {MOST_CLASSES}개까지 다룰 수 있습니다.",
        )
    if len(counts) < 2:
        raise refused(
            f"All rows have the label “{labels[0][:20]}”; two classes are needed at least.",
            f"모든 행의 레이블이 “{labels[0][:20]}”입니다. 클래스가 두 개 이상이어야 합니다.",
        )
    numeric = all(label.lstrip("+-").replace(".", "", 1).isdigit() for label in counts)
    names = sorted(counts, key=float if numeric else str)
    return [names.index(label) for label in labels]
