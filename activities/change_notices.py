"""What schools are told when a host changes a session: each touched school once for one act."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.models import ChangedBooking, SessionChange, WaitlistEntry
from activities.waitlist_notices import waitlist_readers
from people import notices
from people.models import Notice, User
from people.notices import SCHOOLS, audience, declare, tell_groups
from people.roles import Role
from portal.lib import clock

Weight = ChangedBooking.Weight
KINDS = {Weight.NOTICE: "change.told", Weight.SHIFTED: "change.shifted", Weight.MOVED: "change.moved"}
HEAVY = (Weight.NOTICE, Weight.SHIFTED, Weight.MOVED)


def is_near(notice: Notice) -> bool:
    """Today or tomorrow: whoever is about to leave must know at once, at night too."""
    day = timezone.localdate(dt.datetime.fromisoformat(notice.facts["when"]))
    return clock.today() <= day <= clock.today() + dt.timedelta(days=1)


def waits_for_answer(notice: Notice) -> bool:
    rows = ChangedBooking.objects.awaiting().filter(change=notice.key_of("change"))
    return rows.filter(school__organisation__memberships__user=notice.user_id).exists()


def still_stands(notice: Notice) -> bool:
    rows = ChangedBooking.objects.standing().filter(change=notice.key_of("change"))
    return rows.exclude(state=ChangedBooking.State.REPLACED).exists()


declare(
    "change.told",
    _("Another hall or guide: %(programme)s"),
    _("%(when)s. Visits of your school: %(visits)s. The papers have a new version."),
    urgent=is_near,
    holds=still_stands,
)
declare(
    "change.shifted",
    _("A little earlier or later: %(programme)s"),
    _("Now %(when)s, before %(before)s. Visits of your school: %(visits)s. Leaving is free until %(until)s."),
    urgent=is_near,
    holds=still_stands,
)
declare(
    "change.moved",
    _("A new time, please answer: %(programme)s"),
    _("Now %(when)s, before %(before)s. Visits of your school: %(visits)s. Say of each whether you come."),
    duty=True,
    urgent=is_near,
    holds=waits_for_answer,
)
declare(
    "change.waiting",
    _("A session for which you wait has another time: %(programme)s"),
    _("%(who)s, now %(when)s. Leave the list if that does not suit you."),
)
audience(SCHOOLS, "change.")
tell_groups("change.told", "change.shifted", "change.moved")


def tell(change: SessionChange, rows: Sequence[ChangedBooking]) -> None:
    """Coordinators, whoever asked and whoever leads, in one notice a school; the heaviest change gives its kind."""
    by_school: dict[int, list[ChangedBooking]] = defaultdict(list)
    for row in rows:
        by_school[row.school_id].append(row)
    for school_id, touched in by_school.items():
        heaviest = max(touched, key=lambda row: (HEAVY.index(Weight(row.weight)), -row.session.starts_at.timestamp()))
        notices.send(
            KINDS[Weight(heaviest.weight)],
            to=[*notices.members(school_id, Role.COORDINATOR), *_own(touched)],
            subject=f"change:{change.pk}",
            path=f"/changes/{change.pk}/",
            facts=_facts(heaviest, len(touched)),
            district=heaviest.district_id,
        )


def tell_waiting(entry: WaitlistEntry) -> None:
    session = entry.session
    notices.send(
        "change.waiting",
        to=waitlist_readers(entry),
        subject=f"waitlist:{entry.pk}",
        path=f"/waiting/{entry.pk}/",
        due_slot=session.starts_at.isoformat(timespec="minutes"),
        facts={"programme": session.programme.name_zh, "who": entry.who, "when": _iso(session.starts_at)},
    )


def _facts(row: ChangedBooking, visits: int) -> dict[str, Any]:
    facts = {
        "programme": row.session.programme.name_zh,
        "when": _iso(row.session.starts_at),
        "before": _iso(row.was_starts_at),
        "visits": visits,
    }
    return facts | ({"until": _iso(row.free_until)} if row.free_until else {})


def _own(touched: Sequence[ChangedBooking]) -> list[User]:
    return notices.wearers(*(hat for row in touched for hat in (row.booking.leader, row.booking.requested_by)))


def _iso(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="minutes")
