"""预留名额, for whom: rural and supported schools, and others drawn by lot, so that a booking gives no school away.

Whoever sees bookings and places can always work out that a school took held-back ones. What they must not learn is why.
"""

from django.utils.crypto import salted_hmac

from partnerships.models import School
from people import audit
from people.actors import SYSTEM
from people.models import District
from people.workflow import verb


def wanted(supported: int, others: int) -> int:
    """How many others are drawn: as many as there are rural and supported schools, but never more than half of them.

    So a school in held-back places is a supported one with an even chance at most; where most schools are, with no more
    than double the odds that their mere number gives.
    """
    return min(supported, (others + 1) // 2)


def draw_all() -> int:
    """Draw wherever schools are wanting; the job. Returns how many were drawn."""
    return sum(draw(district) for district in District.objects.order_by("pk"))


@verb
def draw(district: District) -> int:
    """Draw the schools that are wanting in a district. Nobody who was drawn is ever left out again: a list that changed
    from year to year would give away those who stay on it. Returns how many are new; run again, it finds nothing."""
    District.objects.select_for_update(no_key=True).get(pk=district.pk)
    schools = list(School.objects.filter(organisation__district=district).select_related("organisation"))
    others = [school for school in schools if not school.needs_support]
    left = sorted((school for school in others if not school.is_drawn), key=_lot)
    drawn = len(others) - len(left)
    new = left[: max(0, wanted(len(schools) - len(others), len(others)) - drawn)]
    if new:
        School.objects.filter(pk__in=[school.pk for school in new]).update(is_drawn=True)
        audit.record("district.draw_schools", district, by=SYSTEM, schools=len(new))
    return len(new)


def _lot(school: School) -> str:
    """The place in the draw: a keyed digest, so that nobody outside can draw again."""
    return salted_hmac("partnerships.kept_places", school.organisation.name_zh).hexdigest()
