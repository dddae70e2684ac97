"""What waits around results: the mentor's word about a project, and that of a second person at the school."""

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from credits.models import Result
from people.actors import Actor
from people.roles import Role
from portal.duty import SCHOOL, Duty, Line, address_of
from portal.lib import wording

MENTORS = SCHOOL | {Role.TEACHER, Role.COUNSELOR}


def to_vouch(actor: Actor) -> QuerySet[Result]:
    waiting = Result.objects.visible_to(actor).filter(state=Result.State.ENTERED, mentor__user=actor.user)
    return waiting.order_by("entered_at", "pk")


def to_confirm(actor: Actor) -> QuerySet[Result]:
    waiting = Result.objects.visible_to(actor).filter(state=Result.State.VOUCHED).exclude(vouched_by=actor.user)
    return waiting.order_by("vouched_at", "pk")


def _vouching(result: Result) -> Line:
    return _project(result, gettext("Project “%(title)s” waits for your word as its mentor"))


def _confirming(result: Result) -> Line:
    return _project(result, gettext("Project “%(title)s” waits for the school's confirmation"))


def _project(result: Result, sentence: str) -> Line:
    return Line(
        sentence % {"title": result.title},
        [wording.day(result.happened_on)],
        address_of("credits:result-page", result.pk),
    )


DUTIES = (
    Duty(_("Project"), _("Confirm"), MENTORS, to_vouch, _vouching, ("credits:result-list",)),
    Duty(_("Project"), _("Confirm"), SCHOOL, to_confirm, _confirming, ("credits:result-list",)),
)
