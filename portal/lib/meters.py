"""Geometry of meters and of the arch: numbers for SVG attributes, nothing else (no style attributes anywhere)."""

import math
from collections.abc import Sequence
from typing import Any

from portal.lib import wording

LENGTH = 1000  # the meter's own units from empty to full
MOST_TICKS = 25


def tick_step(whole: int, wanted: int = 0) -> int:
    """What one tick means: the wanted step, or the smallest 1-2-5 step that leaves at most 25 ticks."""
    if wanted and whole / wanted <= MOST_TICKS:
        return wanted
    size = 1
    while True:
        for factor in (1, 2, 5):
            if whole / (size * factor) <= 10:
                return size * factor
        size *= 10


def drawn(
    segments: Sequence[tuple[int, str, str]],
    whole: int,
    *,
    step: int = 0,
    due: int | None = None,
    whole_label: str = "",
) -> dict[str, Any]:
    """Rectangles, ticks and the whole sentence of one meter; what exceeds the whole is cut at its end."""
    full = max(whole, 1)
    rects, used = [], 0
    for value, tone, _words in segments:
        end = min(used + max(value, 0), full)
        rects.append({"x": round(used * LENGTH / full), "width": round((end - used) * LENGTH / full), "tone": tone})
        used = end
    stride = tick_step(full, step)
    said = [(words, wording.number(value)) for value, _tone, words in segments if words]
    if whole_label:
        said.insert(0, (whole_label, wording.number(whole)))
    sentence = wording.sentence_of(said)
    if due is not None:
        sentence += ("，" if wording.reads_chinese() else ", ") + wording.progress_due(wording.number(due))
    return {
        "rects": rects,
        "ticks": [round(at * LENGTH / full) for at in range(0, full + 1, stride)],
        "due": None if due is None else round(min(due, full) * LENGTH / full),
        "sentence": sentence,
    }


def arch(built: int) -> dict[str, Any]:
    """The large arch (radius 150, graduated every 5°): its built part, the end where it stops, and its ticks."""
    built = max(0, min(100, built))
    angle = math.pi * (1 - built / 100)
    ticks = []
    for degrees in range(5, 180, 5):
        inner = 131 if degrees % 30 == 0 else 138
        cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        ticks.append({
            "x1": round(200 + 145 * cos, 1), "y1": round(180 - 145 * sin, 1),
            "x2": round(200 + inner * cos, 1), "y2": round(180 - inner * sin, 1),
        })  # fmt: skip
    return {
        "end_x": round(200 + 150 * math.cos(angle), 1),
        "end_y": round(180 - 150 * math.sin(angle), 1),
        "ticks": ticks,
        "whole": built == 100,
        "built": built > 0,
    }
