"""What waits after a visit, or after one that did not happen: a record to answer, a dispute to decide, a word to say."""

import datetime as dt

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from activities import feedback
from activities.models import Booking, ConfirmationSheet, NoShow, RollReview, Session
from people.actors import Actor
from people.roles import Role
from portal.duty import FILERS, SCHOOL, VENUE, Duty, Line, address_of
from portal.lib import clock, wording
from portal.navigation import address


def records_to_answer(actor: Actor) -> QuerySet[NoShow]:
    own = NoShow.objects.visible_to(actor).filter(state=NoShow.State.RECORDED, dispute_until__gte=clock.today())
    return own.with_names().order_by("dispute_until", "pk")


def disputes_to_decide(actor: Actor) -> QuerySet[NoShow]:
    return NoShow.objects.visible_to(actor).filter(state=NoShow.State.DISPUTED).with_names().order_by("pk")


def visits_to_judge(actor: Actor) -> QuerySet[Booking]:
    """Of those whom this person led."""
    own = feedback.awaited(actor).filter(leader=getattr(actor, "membership", None))
    wanted = ("session__programme", "session__provider", "school__organisation", "group")
    return own.select_related(*wanted).prefetch_related("classes__school_class")


def dates_to_choose(actor: Actor) -> QuerySet[Booking]:
    """Groups whose day was called off and postponed."""
    wanted = ("session__programme", "session__provider", "school__organisation", "group")
    rows = Booking.objects.visible_to(actor).awaiting_date().select_related(*wanted)
    return rows.prefetch_related("classes__school_class").order_by("ended_at", "pk")


def visitors_to_count(actor: Actor) -> QuerySet[Session]:
    """Announced family sessions of the own venue that are over."""
    own = Session.objects.visible_to(actor).awaiting_visitors().filter(provider=actor.organisation_id)
    return own.select_related("programme").order_by("starts_at", "pk")


def sheets_to_accept(actor: Actor) -> QuerySet[Booking]:
    """Visits that rest on a confirmation sheet which the school has not accepted for this date; hosts answer requests."""
    said = ConfirmationSheet.objects.filter(
        booking=OuterRef("pk"), session=OuterRef("session"), school_at__isnull=False
    )
    rows = Booking.objects.visible_to(actor).awaiting_confirmation().filter(~Exists(said), on_sheet=True)
    wanted = ("session__programme", "session__provider", "school__organisation", "group")
    rows = rows.filter(session__starts_at__gt=clock.now()).select_related(*wanted)
    return rows.prefetch_related("classes__school_class").order_by("session__starts_at", "pk")


def rolls_to_check(actor: Actor) -> QuerySet[RollReview]:
    return RollReview.objects.visible_to(actor).open().with_names().order_by("raised_at", "pk")


def _review(review: RollReview) -> Line:
    booking = review.booking
    return Line(
        gettext("%(group)s: the roll says something impossible") % {"group": booking.who},
        [review.get_kind_display(), wording.when(booking.session.starts_at, booking.session.ends_at)],
        address("activities:roll_review-list"),
        review.raised_at,
    )


def _record(record: NoShow) -> Line:
    sentence = gettext("The venue recorded a no-show: %(group)s") % {"group": record.booking.who}
    return _line(record, sentence, record.dispute_until)


def _dispute(record: NoShow) -> Line:
    return _line(record, gettext("A no-show is disputed: %(group)s") % {"group": record.booking.who}, None)


def _line(record: NoShow, sentence: str, due: dt.date | None) -> Line:
    facts = [record.school, record.host, wording.day(record.day)]
    return Line(sentence, facts, address_of("activities:no_show-page", record.pk, "activities:no_show-list"), due)


def _date(booking: Booking) -> Line:
    session = booking.session
    return Line(
        gettext("%(group)s: choose a new date for “%(programme)s”")
        % {"group": booking.who, "programme": session.programme.name},
        [session.provider, booking.reason, wording.heads(booking.pupils)],
        address_of("activities:day_off-page", booking.day_off_id, "activities:booking-list"),
    )


def _sheet(booking: Booking) -> Line:
    session = booking.session
    return Line(
        gettext("%(group)s: accept the confirmation sheet of “%(programme)s”")
        % {"group": booking.who, "programme": session.programme.name},
        [session.provider, wording.when(session.starts_at, session.ends_at), wording.heads(booking.pupils)],
        address_of("activities:booking-sheet", booking.pk),
        session.starts_at,
    )


def _visit(booking: Booking) -> Line:
    session = booking.session
    return Line(
        gettext("%(group)s: how was “%(programme)s”?") % {"group": booking.who, "programme": session.programme.name},
        [session.provider, wording.when(session.starts_at, session.ends_at)],
        address_of("activities:booking-feedback", booking.pk),
    )


def _night(session: Session) -> Line:
    return Line(
        gettext("How many people came to “%(programme)s”?") % {"programme": session.programme.name},
        [wording.when(session.starts_at, session.ends_at)],
        address_of("activities:session-page", session.pk),
    )


LIST = ("activities:no_show-list",)
DUTIES = (
    Duty(_("Confirmation sheet"), _("Accept"), SCHOOL, sheets_to_accept, _sheet, ("activities:booking-list",)),
    Duty(_("Day off"), _("Choose"), SCHOOL, dates_to_choose, _date, ("activities:day_off-list",)),
    Duty(_("No-show"), _("Look"), SCHOOL, records_to_answer, _record, LIST),
    Duty(_("No-show"), _("Decide"), FILERS, disputes_to_decide, _dispute, LIST),
    Duty(_("Family session"), _("Enter"), VENUE, visitors_to_count, _night, ("activities:session-list",)),
    Duty(_("Roll call"), _("Check"), SCHOOL, rolls_to_check, _review, ("activities:roll_review-list",)),
    Duty(
        _("Feedback"),
        _("Say it"),
        frozenset({Role.TEACHER, Role.COORDINATOR}),
        visits_to_judge,
        _visit,
        ("activities:booking-list",),
    ),
)
