"""备案编号 光馆校〔2026〕1号: given at filing, one after the other, without a gap however many file at once."""

from django.db.models import F

from partnerships.models import Agreement, FilingSeries
from people import thresholds
from portal.lib import clock


def head_of(district_id: int) -> str:
    """What all numbers of the district's year begin with; the prefix is the district's own."""
    return f"{thresholds.of(district_id)['agreement_number_prefix']}〔{clock.today().year}〕"


def take(district_id: int) -> str:
    """The next number of the district's year.

    Call it inside the verb that files: the series' row stays locked until that commits, and a number whose filing
    fails is given again.
    """
    head = head_of(district_id)
    first = {"last": _highest(district_id, head)}
    FilingSeries.objects.get_or_create(district_id=district_id, head=head, defaults=first)
    series = FilingSeries.objects.select_for_update().get(district_id=district_id, head=head)
    while True:
        FilingSeries.objects.filter(pk=series.pk).update(last=F("last") + 1)
        series.refresh_from_db(fields=["last"])
        number = f"{head}{series.last}号"
        # a paper agreement may have been registered under a number of this series that it bore already
        if not Agreement.objects.filter(district_id=district_id, number=number).exists():
            return number


def next_number(district_id: int) -> str:
    """What the next one will be called if nobody else files first."""
    head = head_of(district_id)
    series = FilingSeries.objects.filter(district_id=district_id, head=head).first()
    last = series.last if series else _highest(district_id, head)
    return f"{head}{last + 1}号"


def _highest(district_id: int, head: str) -> int:
    taken = Agreement.objects.filter(district_id=district_id, number__startswith=head).values_list("number", flat=True)
    used = [int(rest) for number in taken if (rest := number.removeprefix(head).removesuffix("号")).isdigit()]
    return max(used, default=0)


def take_supplement(agreement: Agreement) -> str:
    """光馆校〔2026〕1号补1: follows the number of the agreement that is amended; one supplement is filed at a time."""
    filed = agreement.amendments.filter(number__isnull=False).count()
    return f"{agreement.number}补{filed + 1}"
