"""One entry explained down to the roll and the agreement; and one line of a roll that earned nothing."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from activities.models import Booking, RollEntry
from credits import explaining, labels, sources
from credits.models import Entry
from people.access import may
from people.gate import allow, seen
from people.roles import Permission

WANTED = (
    "rule", "posting__chain__term", "account__student", "concerns_term", "term", "reverses__rule",
    "reverses__concerns_term", "roll_entry__booking__agreement__venue__organisation", "roll_entry__enrolment__school_class",
    "school__organisation__district", *sources.READ,
)  # fmt: skip


@allow(Permission.CREDIT_SEE_BOOKING)
def page(request: HttpRequest, pk: int) -> HttpResponse:
    actor = request.actor
    entry = seen(Entry.objects.select_related(*WANTED), actor, pk=pk)
    shown = getattr(entry.reverses or entry, "published", None)
    own = actor.organisation_id == entry.school_id
    context = {
        "entry": entry,
        "label": _label(request, entry.account.student, entry.school),
        "source": sources.source_of(entry),
        "caps": explaining.caps_of_entry(entry),
        "publication": shown.publication if shown else None,
        "reversal": entry.reversals.select_related("posting").first(),
        "booking": entry.roll_entry.booking if entry.roll_entry else None,
        "opens_chain": own or actor.is_office,
        "opens_sheet": not actor.is_teacher,
        "opens_publication": own and may(actor, Permission.PUBLICATION_SEE),
        "may_object": bool(shown)
        and shown.publication.is_open
        and may(actor, Permission.DISPUTE_RAISE, shown.publication),
        "hash": bytes(entry.posting.hash).hex(),
    }
    return render(request, "credits/entry_page.html", context)


@allow(Permission.CREDIT_SEE_BOOKING)
def line(request: HttpRequest, pk: int) -> HttpResponse:
    """未计入: the same chain for a line of a roll, with the reason and what the caps held."""
    actor = request.actor
    bookings = Booking.objects.visible_to(actor)
    if not (actor.is_office or actor.is_school):
        raise Http404
    entry = (
        RollEntry.objects.filter(booking__in=bookings, pk=pk)
        .select_related("student", "enrolment__school_class", "booking__school__organisation")
        .first()
    )
    one = explaining.line_of(entry) if entry else None
    if entry is None or one is None:
        raise Http404
    context = {
        "line": entry,
        "one": one,
        "booking": one.booking,
        "label": _label(request, entry.student, entry.booking.school),
        "caps": explaining.caps_of_line(one),
        "standing": Entry.objects.standing().filter(roll_entry=entry).first(),
        "opens_sheet": not actor.is_teacher,
    }
    return render(request, "credits/line_page.html", context)


def _label(request: HttpRequest, student, school) -> str:
    """Masked for the own school's keepers; a teacher and an office read the pseudonym."""
    if request.actor.is_teacher:
        return student.pseudonym
    return labels.of([student], by=request.actor, school=school)[student.pk]
