"""What time alone brings about around counselors: a session is near and has nobody, a check runs out."""

import datetime as dt
from collections.abc import Iterator

from activities.counselor_notices import HOSTS
from activities.models import Check, Session
from partnerships.models import Listing
from people import notices, reminders, thresholds
from people.models import District
from people.reminders import Reminder
from people.roles import Role


def sessions_without_counselor(today: dt.date) -> Iterator[Reminder]:
    """尚未落实辅导员: to the school or venue whose session it is, once a date of the session."""
    values: dict[int | None, int] = {}
    rows = Session.objects.lacking_counselor().select_related("programme", "provider", "school__organisation")
    for session in rows:
        host = session.school.organisation if session.school else session.provider
        if host.district_id not in values:
            values[host.district_id] = thresholds.of(host.district_id)["counselor_near_days"]
        if session.day <= today + dt.timedelta(days=values[host.district_id]):
            yield Reminder(
                subject=f"session:{session.pk}",
                slot=session.day.isoformat(),
                to=notices.members(host.pk, *HOSTS),
                path=f"/sessions/{session.pk}/counselors/",
                facts={
                    "programme": session.programme.name_zh,
                    "when": session.starts_at.isoformat(timespec="minutes"),
                },
                district=host.district_id,
            )


def checks_running_out(today: dt.date) -> Iterator[Reminder]:
    """Of counselors whom the district lists: to the person and to the bureau that asked."""
    for district in District.objects.all():
        until = today + dt.timedelta(days=thresholds.of(district.pk)["counselor_check_warning_days"])
        listed = Listing.objects.listed().filter(district=district)
        ending = Check.objects.valid_on(today).filter(unit__district=district, valid_until__lte=until)
        for check in ending.filter(counselor__in=listed.values("organisation")).select_related(
            "unit", "counselor__organisation"
        ):
            yield Reminder(
                subject=f"check:{check.pk}",
                to=[
                    *notices.members(check.counselor_id, Role.COUNSELOR),
                    *notices.members(check.unit_id, Role.BUREAU_OFFICER),
                ],
                path=f"/counselors/{check.counselor_id}/",
                facts={
                    "counselor": check.counselor.organisation.name_zh,
                    "district": district.name_zh,
                    "last_day": check.last_day.isoformat() if check.last_day else "",
                },
                district=district.pk,
            )


reminders.declare("session.without_counselor", sessions_without_counselor)
reminders.declare("counselor.check_ends_soon", checks_running_out)
