"""The checklist 外出活动备案材料 of an outing, by the template of its district on the day it was made."""

import datetime as dt
from dataclasses import dataclass

from django.utils.functional import Promise

from activities.models import Outing, OutingPaper
from partnerships import distance
from people import thresholds

Paper = Outing.Paper
OF_VEHICLES = {Paper.VEHICLE, Paper.CONTRACT}


@dataclass(frozen=True)
class Line:
    """One paper that the district asks for: whether it is ready, and who puts a seal on it."""

    code: str
    label: str | Promise
    is_sealed: bool
    ready_at: dt.datetime | None
    ready_by: str

    @property
    def is_ready(self) -> bool:
        return self.ready_at is not None


def of(outing: Outing) -> list[Line]:
    """What the district asks for this outing, in the order of the template's nouns."""
    values = thresholds.of(outing.district_id)
    ready = {row.code: row for row in outing.papers.select_related("ready_by__user")}
    asked = needed(outing, values)
    return [_line(code, values, ready.get(code)) for code in Paper.values if code in asked]


def needed(outing: Outing, values: thresholds.Values) -> set[str]:
    """Codes of the papers: the short form on foot within walking distance; vehicles only where one is hired."""
    asked = set(values["outing_papers_on_foot"] if is_short(outing, values) else values["outing_papers"])
    return asked if outing.transport in ("", Outing.Transport.COACH) else asked - OF_VEHICLES


def is_short(outing: Outing, values: thresholds.Values) -> bool:
    """On foot, and no farther than the district's walking distance; where positions are missing, on foot is enough."""
    if outing.transport != Outing.Transport.WALK:
        return False
    far = metres(outing, values)
    return far is None or far <= values["outing_walk_metres"]


def metres(outing: Outing, values: thresholds.Values) -> int | None:
    """How far the farthest place of the outing is, estimated; None where a position is missing."""
    hosts = set(outing.bookings.values_list("session__place_id", flat=True)) - {None}
    where = distance.places({outing.school_id, *hosts})
    found = [distance.metres(where.get(outing.school_id), where.get(host), values) for host in hosts]
    known = [far for far in found if far is not None]
    return max(known) if known and len(known) == len(hosts) else None


def options(outing: Outing) -> list[dict[str, object]]:
    """Every paper that some way of travelling asks for; `kind` says to the page with which it is not needed."""
    values = thresholds.of(outing.district_id)
    far = metres(outing, values)
    on_foot = set(
        values["outing_papers_on_foot"] if far is None or far <= values["outing_walk_metres"] else Paper.values
    )
    found = []
    for code in Paper.values:
        if code not in values["outing_papers"] and code not in on_foot:
            continue
        kind = "with-vehicle" if code in OF_VEHICLES else ("" if code in on_foot else "not-on-foot")
        sealed = code in values["outing_papers_sealed"]
        found.append({"code": code, "label": Paper(code).label, "kind": kind, "is_sealed": sealed})
    return found


def missing(outing: Outing) -> list[Line]:
    """What is asked for and not ready."""
    return [line for line in of(outing) if not line.is_ready]


def _line(code: str, values: thresholds.Values, row: OutingPaper | None) -> Line:
    who = row.ready_by.user.full_name if row and row.ready_by else ""
    return Line(code, Paper(code).label, code in values["outing_papers_sealed"], row.ready_at if row else None, who)
