"""A family tree as SVG: years from left to right, one box a member, a line from each to those that grew out of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import islice

ROW, BOX, TOP = 27, 21, 24  # pixels: from row to row, height of a box, height of the line of years
LETTER, PAD = 7.0, 9  # pixels: width of an average letter, room at either end of a box
GAP, YEAR = 14, 36  # pixels: between two boxes of a row, between two years
PAGE = 860  # pixels: what a sheet of paper takes, at ten points a letter or so
TRUNK, TURN = 12, 6  # pixels: where lines leave a box, from its left edge, and how round their corners are


@dataclass(frozen=True)
class Member:
    """One box of the tree. parent: the key of another member, or nothing."""

    key: str
    name: str
    year: int
    parent: str

    @property
    def width(self) -> float:
        """Of its box, in pixels."""
        return LETTER * len(self.name) + 2 * PAD


@dataclass(frozen=True)
class Place:
    """Where a box lies: left edge and middle, in pixels, and its row and column."""

    x: float
    y: float
    row: int
    column: int


def family(members: Sequence[Member], current: str, link: Callable[[str], str]) -> str:
    """The tree as an <svg>, and where it is wider than a page once more as bands, which are for paper alone.

    current: the key of the member to point out. link(key) -> attributes of its <a>.
    """
    places = layout(members)
    known = {member.key: member for member in members}
    width = max(places[m.key].x + m.width for m in members) + 2
    height = max(place.y for place in places.values()) + BOX
    parts = [f'<svg width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}" role="group">']
    parts.append('<g id="family">')
    labelled: dict[int, float] = {}
    for member in members:
        labelled[member.year] = min(labelled.get(member.year, width), places[member.key].x)
    parts += [f'<text class="year" x="{x:.1f}" y="12">{year}</text>' for year, x in labelled.items()]
    line = _line(known, current)
    for member in members:
        if member.parent:
            mark = ' class="line"' if {member.key, member.parent} <= line else ""
            parts.append(
                f'<path{mark} d="{_branch(places[member.parent], known[member.parent], places[member.key])}"/>'
            )
    for member in members:
        place = places[member.key]
        now = ' aria-current="page"' if member.key == current else ""
        mark = ' class="line"' if member.key in line else ""
        parts.append(
            f"<a {link(member.key)}{mark}{now}><title>{escape(member.name)}, {member.year}</title>"
            f'<rect x="{place.x:.1f}" y="{place.y - BOX / 2}" width="{member.width:.1f}" height="{BOX}" rx="5"/>'
            f'<text x="{place.x + member.width / 2:.1f}" y="{place.y + 4.5}">{escape(member.name)}</text></a>'
        )
    parts.append("</g></svg>")
    cut = bands([(places[m.key].x, places[m.key].x + m.width) for m in members])
    for left, right in cut if len(cut) > 1 else ():
        parts.append(
            f'<svg class="band" width="{right - left:.0f}" height="{height:.0f}" aria-hidden="true" '
            f'viewBox="{left:.0f} 0 {right - left:.0f} {height:.0f}"><use href="#family"/></svg>'
        )
    return "".join(parts)


def bands(boxes: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Left and right edges of the stripes, each at most a page wide, in which every box lies whole at least once.

    boxes: left and right edge of each.
    """
    found: list[tuple[float, float]] = []
    waiting = sorted(boxes)
    while waiting:
        left = waiting[0][0] - 1
        within = [box for box in waiting if box[1] <= left + PAGE] or waiting[:1]
        found.append((left, max(right for _, right in within) + 2))
        waiting = [box for box in waiting if box not in within]
    return found


def layout(members: Sequence[Member]) -> dict[str, Place]:
    """Where every box lies, so that none covers another, nor the line that leads from one to its children.

    The child with most descendants goes on in its parent's row; every other begins the nearest free one.
    """
    columns = _columns(members)
    rows = _rows(members, columns)
    first = min(rows.values())
    crossed: dict[str, set[int]] = {}  # by the line that leaves a parent up and down
    for member in members:
        if member.parent:
            crossed.setdefault(member.parent, set()).update(_between(rows[member.parent], rows[member.key]))
    ends: dict[int, float] = {}
    places: dict[str, Place] = {}
    left, last = 0.0, -1
    for member in sorted(members, key=lambda m: columns[m.key]):
        row, column = rows[member.key], columns[member.key]
        if column != last:
            here = [m for m in members if columns[m.key] == column]
            clear = [ends.get(r, 0.0) - TRUNK for m in here for r in crossed.get(m.key, ())]
            left = max(left + YEAR * (last >= 0), *(ends.get(rows[m.key], 0.0) for m in here), *clear)
            last = column
        ends[row] = left + member.width + GAP
        places[member.key] = Place(left, TOP + BOX / 2 + ROW * (row - first), row - first, column)
    return places


def _rows(members: Sequence[Member], columns: dict[str, int]) -> dict[str, int]:
    """A row for every member: neither its chain nor the line that leads there meets what is placed already.

    Where boxes lie right above and below a parent, no line leaves it freely; one then passes behind them.
    """
    rows: dict[str, int] = {}
    taken: dict[int, list[tuple[int, int]]] = {}
    boxes: set[tuple[int, int]] = set()  # (row, column)
    trunks: set[tuple[int, int]] = set()

    def empty(row: int, span: tuple[int, int]) -> bool:
        return not any(a <= span[1] and span[0] <= b for a, b in taken.get(row, []))

    def free(row: int, chain: list[Member], span: tuple[int, int], trunk: set[tuple[int, int]]) -> bool:
        own = {(row, columns[member.key]) for member in chain}
        return empty(row, span) and not (own & trunks or trunk & boxes)

    for chain in _chains(members):
        parent = chain[0].parent
        home = rows.get(parent, 0)
        span = (columns[parent] + 1 if parent else columns[chain[0].key], columns[chain[-1].key])
        rows_around = list(islice(_around(home), 2 * len(members) + 3))

        def line_to(row: int, parent: str = parent, home: int = home) -> set[tuple[int, int]]:
            return {(r, columns[parent]) for r in _between(home, row)} if parent else set()

        clear = (row for row in rows_around if free(row, chain, span, line_to(row)))
        found = next(clear, None)
        row = next(row for row in rows_around if empty(row, span)) if found is None else found
        trunk = line_to(row)
        taken.setdefault(row, []).append(span)
        trunks |= trunk
        boxes |= {(row, columns[member.key]) for member in chain}
        rows |= {member.key: row for member in chain}
    return rows


def _between(home: int, row: int) -> range:
    """The rows that a line from one to another passes."""
    return range(min(home, row) + 1, max(home, row))


def _columns(members: Sequence[Member]) -> dict[str, int]:
    """A column a year, and another where a member grew out of one of the same year."""
    known = {member.key: member for member in members}

    def moment(member: Member) -> tuple[int, int]:
        parent = known.get(member.parent)
        after = parent is not None and parent.year == member.year
        return member.year, 1 + moment(parent)[1] if after and parent else 0

    moments = sorted({moment(member) for member in members})
    return {member.key: moments.index(moment(member)) for member in members}


def _chains(members: Sequence[Member]) -> Iterator[list[Member]]:
    """Lines of descent, the longest first: each is a member and, one after the other, its heirs."""
    children: dict[str, list[Member]] = {}
    for member in members:
        children.setdefault(member.parent, []).append(member)

    def size(member: Member) -> int:
        return 1 + sum(size(child) for child in children.get(member.key, []))

    waiting = sorted(children.get("", []), key=size, reverse=True)
    while waiting:
        chain = [waiting.pop(0)]
        while heirs := sorted(children.get(chain[-1].key, []), key=lambda m: (-size(m), m.year)):
            chain.append(heirs[0])
            waiting += heirs[1:]
        yield chain


def _around(home: int) -> Iterator[int]:
    """Rows by their distance from one."""
    yield home
    step = 0
    while True:
        step += 1
        yield home + step
        yield home - step


def _line(known: dict[str, Member], current: str) -> set[str]:
    """A member, its ancestors and its children."""
    line = {key for key, member in known.items() if member.parent == current}
    while current in known:
        line.add(current)
        current = known[current].parent
    return line


def _branch(parent: Place, member: Member, child: Place) -> str:
    """To the left edge of a child: straight on in the same row, else up or down out of the parent and round a corner."""
    if parent.y == child.y:
        return f"M{parent.x + member.width:.1f} {parent.y}H{child.x:.1f}"
    side = 1 if child.y > parent.y else -1
    x = parent.x + TRUNK
    corner = f"Q{x:.1f} {child.y} {x + TURN:.1f} {child.y}"
    return f"M{x:.1f} {parent.y + side * BOX / 2}V{child.y - side * TURN}{corner}H{child.x:.1f}"
