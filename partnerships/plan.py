"""A plan of the directory: positions to scale on plain paper, north up, no map underneath. Pure geometry in SVG units."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from partnerships.directory import NEAR, Entry, Start
from people.thresholds import Values

WIDTH, LEAST, MOST, EDGE = 360, 220, 420, 26  # units of the drawing; one is about a pixel on a phone
DEGREE = 111_195  # metres of a degree of latitude
LETTER, LINE = 6.5, 11  # a digit's width and a line's height

Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class Dot:
    """A venue of the plan: its number in the list, its place, and where its number stands beside it."""

    number: int
    entry: Entry
    x: float
    y: float
    label_x: float
    label_y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Ring:
    """As far as so many kilometres by road reach, were the road equally winding everywhere."""

    km: int
    r: float
    label_y: float


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that the drawing needs."""

    width: int
    height: int
    dots: list[Dot]
    start: tuple[float, float] | None
    rings: list[Ring]
    bar: float
    bar_metres: int
    is_sample: bool

    @property
    def bar_end(self) -> float:
        return EDGE / 2 + self.bar

    @property
    def bar_kilometres(self) -> int:
        return self.bar_metres // 1000


def draw(found: Sequence[Entry], start: Start | None, values: Values) -> Plan | None:
    """The plan of the entries that have a position, numbered as they stand in the list; None where none has."""
    placed = [(number, entry) for number, entry in enumerate(found, start=1) if entry.position]
    if not placed:
        return None
    positions = [entry.position for _number, entry in placed if entry.position] + ([start.position] if start else [])
    middle = math.cos(math.radians(sum(place.latitude for place in positions) / len(positions)))
    east = [place.longitude * middle * DEGREE for place in positions]
    north = [place.latitude * DEGREE for place in positions]
    wide, high = max(east) - min(east), max(north) - min(north)
    # at least a kilometre across, so that a single place is not blown up beyond sense
    unit = max(wide / (WIDTH - 2 * EDGE), high / (MOST - 2 * EDGE), 1000 / WIDTH)
    height = round(max(LEAST, high / unit + 2 * EDGE))
    left = (WIDTH - wide / unit) / 2
    top = (height - high / unit) / 2
    points = [
        (round(left + (x - min(east)) / unit, 1), round(top + (max(north) - y) / unit, 1))
        for x, y in zip(east, north, strict=True)
    ]
    home = points[-1] if start else None
    bar_metres = round_length(unit * WIDTH / 3)
    return Plan(
        width=WIDTH,
        height=height,
        dots=labelled(placed, points),
        start=home,
        rings=rings_around(home, height, unit, values) if home else [],
        bar=round(bar_metres / unit, 1),
        bar_metres=bar_metres,
        is_sample=any(place.is_sample for place in positions),
    )


def round_length(most: float) -> int:
    """The largest of 1, 2, 5, 10, 20, 50 … metres that is not longer."""
    power = 10 ** math.floor(math.log10(most))
    return int(next(step * power for step in (5, 2, 1) if step * power <= most))


def rings_around(home: tuple[float, float], height: int, unit: float, values: Values) -> list[Ring]:
    """The distances of the filter as circles around the start, as far as they fit on the paper."""
    reach = max(home[0], WIDTH - home[0], home[1], height - home[1])
    sized = ((km, km * 1000 * 100 / values["travel_detour_percent"] / unit) for km in NEAR)
    return [Ring(km, round(r, 1), round(home[1] - r - 3, 1)) for km, r in sized if 24 <= r <= reach]


def labelled(placed: list[tuple[int, Entry]], points: list[tuple[float, float]]) -> list[Dot]:
    """Each dot with its number to the right, left, above or below, wherever it hides no other first."""
    paper = Paper()
    for x, y in points:
        paper.take((x - 5, y - 5, x + 5, y + 5))
    dots = []
    for (number, entry), (x, y) in zip(placed, points, strict=False):
        width = LETTER * len(str(number))
        around = [
            (x + 8, y + 4, "start", (x + 8, y - 5, x + 8 + width, y - 5 + LINE)),
            (x - 8, y + 4, "end", (x - 8 - width, y - 5, x - 8, y - 5 + LINE)),
            (x, y - 8, "middle", (x - width / 2, y - 8 - LINE, x + width / 2, y - 8)),
            (x, y + 17, "middle", (x - width / 2, y + 7, x + width / 2, y + 7 + LINE)),
        ]
        best = min(around, key=lambda place: paper.hidden_by(place[3]))
        paper.take(best[3])
        dots.append(Dot(number, entry, x, y, round(best[0], 1), round(best[1], 1), best[2]))
    return dots


class Paper:
    """What is drawn already, by squares of the paper, so that a thousand dots ask their neighbours only."""

    SQUARE = 32

    def __init__(self) -> None:
        self.squares: dict[tuple[int, int], list[Box]] = defaultdict(list)

    def _under(self, box: Box) -> Iterator[tuple[int, int]]:
        for x in range(int(box[0] // self.SQUARE), int(box[2] // self.SQUARE) + 1):
            for y in range(int(box[1] // self.SQUARE), int(box[3] // self.SQUARE) + 1):
                yield x, y

    def take(self, box: Box) -> None:
        for square in self._under(box):
            self.squares[square].append(box)

    def hidden_by(self, box: Box) -> int:
        """How much of what is drawn the box would hide or be hidden by."""
        return sum(overlaps(box, other) for square in self._under(box) for other in self.squares[square])


def overlaps(one: Box, two: Box) -> bool:
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]
