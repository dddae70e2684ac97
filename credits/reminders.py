"""What time alone brings about in credits: a term nears its end and classes have not been published."""

import datetime as dt
from collections.abc import Iterator

from credits.models import Chain, Entry
from credits.publications import DAYS, KEEPERS
from partnerships.models import Term
from people import notices, reminders, thresholds
from people.reminders import Reminder

LEAD = "credits.publish_lead_days"


def terms_to_publish(today: dt.date) -> Iterator[Term]:
    """Terms that end soon or have ended, and are not sealed."""
    sealed = Chain.objects.filter(sealed_at__isnull=False).values("term")
    for term in Term.objects.filter(starts_on__lte=today).exclude(pk__in=sealed).select_related("district"):
        if (term.ends_on - today).days <= thresholds.of(term.district_id)[LEAD]:
            yield term


def credits_to_publish(today: dt.date) -> Iterator[Reminder]:
    """Schools with entries of such a term that nobody has seen, once a month: to whoever keeps the school's books."""
    for term in terms_to_publish(today):
        days = thresholds.of(term.district_id)[DAYS]
        waiting: dict[int, set[int]] = {}
        for school, class_id in (
            Entry.objects.to_publish(term).with_class().values_list("school", "class_id").distinct()
        ):
            waiting.setdefault(school, set()).add(class_id)
        for school, classes in sorted(waiting.items()):
            yield Reminder(
                subject=f"publish:{school}:{term.pk}",
                slot=f"{today:%Y-%m}",
                to=notices.members(school, *KEEPERS),
                path=f"/publications/?term={term.pk}",
                facts={"term": term.name, "classes": len(classes), "days": days},
                district=term.district_id,
            )


reminders.declare("credits_to_publish", credits_to_publish)
