"""Requests 点单 that wait for somebody: a venue or counselor answers times of a school, a school answers theirs."""

from django.db.models import QuerySet
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from activities.models import Request
from people.actors import Actor
from people.roles import Role
from portal.duty import SCHOOL, VENUE, Duty, Line, address_of
from portal.lib import wording


def requests_to_answer(actor: Actor) -> QuerySet[Request]:
    return Request.objects.visible_to(actor).awaiting(actor).with_names().order_by("asked_at", "pk")


def _request(request: Request) -> Line:
    is_asked = request.state == Request.State.ASKED
    sentence = gettext("%(group)s asks for “%(programme)s” at its own time")
    if not is_asked:
        sentence = gettext("%(group)s: other times for “%(programme)s”")
    first = request.proposed[0]
    return Line(
        sentence % {"group": request.who, "programme": request.programme.name},
        [
            request.school if is_asked else request.provider,
            wording.when(first.starts_at, first.ends_at),
            wording.heads(request.pupils),
        ],
        address_of("activities:request-page", request.pk, "activities:request-list"),
        first.starts_at,
    )


MENU = pgettext_lazy("menu", "Request")
ANSWERS = VENUE | SCHOOL | {Role.COUNSELOR}
DUTIES = (Duty(MENU, _("Answer"), ANSWERS, requests_to_answer, _request, ("activities:request-list",)),)
