"""Geometry of the two charts of the house; templates draw them as SVG with CSS classes and the table beside."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from portal.lib import wording
from portal.lib.meters import tick_step

Periods = tuple[str, str] | tuple[()]  # what this and the last value are called
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 436, 190, 44, 22, 26


@dataclass(frozen=True)
class Row:
    """One point or bar: its label, this term's value and, where known, last term's."""

    label: str
    now: int | None
    last: int | None = None


def lines(rows: Sequence[Row], *, caption: str, unit: str, every: int = 5, periods: Periods = ()) -> dict[str, Any]:
    """A line over weeks: this term solid, last term dashed, the peak named. `every` labels each nth point, `periods`
    says what the two are called where they are no terms."""
    highest = max([value for row in rows for value in (row.now, row.last) if value is not None], default=0)
    step = max(tick_step(max(highest, 1) * 3), 1)
    top = max(-(-highest // step) * step, step)
    across = (WIDTH - LEFT - 8) / max(len(rows) - 1, 1)

    def x(place: int) -> float:
        return round(LEFT + place * across, 1)

    def y(value: int) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top), 1)

    peak = max((i for i, row in enumerate(rows) if row.now is not None), key=lambda i: rows[i].now or 0, default=None)
    return {
        "caption": caption,
        "unit": unit,
        "periods": periods or (_("This term"), _("Last term")),
        "rows": rows,
        "has_last": any(row.last is not None for row in rows),
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "floor": y(0),
        "now": _path([(x(i), y(row.now)) if row.now is not None else None for i, row in enumerate(rows)]),
        "last": _path([(x(i), y(row.last)) if row.last is not None else None for i, row in enumerate(rows)]),
        "grid": [{"y": y(value), "label": wording.number(value)} for value in range(0, top + 1, step)],
        "marks": [
            {"x": x(i), "label": row.label if i == 0 or (i + 1) % every == 0 else "", "long": (i + 1) % every == 0}
            for i, row in enumerate(rows)
        ],
        "peak": None
        if peak is None or not rows[peak].now
        else {"x": x(peak), "y": y(rows[peak].now or 0), "label": wording.number(rows[peak].now)},
    }


def bars(rows: Sequence[Row], *, caption: str, unit: str, periods: Periods = ()) -> dict[str, Any]:
    """Horizontal bars, longest first as given: this term full height, last term half, the change in words."""
    highest = max([value for row in rows for value in (row.now, row.last) if value], default=1)
    left, room, height = 120, WIDTH - 120 - 84, 26

    def drawn(place: int, row: Row) -> dict[str, Any]:
        now, last = round((row.now or 0) * room / highest), round((row.last or 0) * room / highest)
        change = "" if row.last is None or row.now is None else f"{row.now - row.last:+,}".replace("-", "−")
        value = wording.number(row.now)
        return {
            "label": row.label,
            "y": place * height + 4,
            "now": now,
            "last": last if row.last is not None else None,
            "value": value,
            "change": change,
            "value_x": left + now + 6,
            "change_x": left + now + 12 + 8 * len(value),
        }

    return {
        "caption": caption,
        "unit": unit,
        "periods": periods or (_("This term"), _("Last term")),
        "rows": rows,
        "has_last": any(row.last is not None for row in rows),
        "width": WIDTH,
        "height": len(rows) * height + 6,
        "left": left,
        "bars": [drawn(place, row) for place, row in enumerate(rows)],
    }


def _path(points: Sequence[tuple[float, float] | None]) -> str:
    """An SVG path through the points; a missing one breaks the line."""
    steps, pen = [], "M"
    for point in points:
        if point is None:
            pen = "M"
            continue
        steps.append(f"{pen}{point[0]} {point[1]}")
        pen = "L"
    return "".join(steps)
