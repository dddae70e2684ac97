"""Everything that can wait for somebody: one table of duties. A duty is a queryset and the way one of its rows is said."""

import datetime as dt

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from activities.models import Booking, Session, WaitlistEntry
from credits import seals
from credits.models import Chain, Dispute, Entry
from credits.reminders import LEAD
from partnerships.models import Agreement, AgreementParty, Deliverable, Listing, Term
from people import thresholds
from people.actors import Actor
from people.models import Upload
from people.roles import Role
from portal import (
    change_duties,
    counselor_duties,
    exemption_duties,
    outing_duties,
    report_duties,
    request_duties,
    result_duties,
    roster_duties,
    visit_duties,
)
from portal.duty import FILERS, LEADS, REVIEWERS, SCHOOL, VENUE, Duty, Line, address_of
from portal.lib import clock, wording
from portal.navigation import address

# --- the rows ---------------------------------------------------------------------------------------------------------


def bookings_of(actor: Actor) -> QuerySet[Booking]:
    wanted = ("session__programme", "session__provider", "school__organisation", "group")
    return Booking.objects.visible_to(actor).select_related(*wanted).prefetch_related("classes__school_class")


def rolls_to_call(actor: Actor) -> QuerySet[Booking]:
    return bookings_of(actor).awaiting_roll().order_by("session__starts_at", "pk")


def requests_to_answer(actor: Actor) -> QuerySet[Booking]:
    own = bookings_of(actor).awaiting_confirmation().filter(session__provider=actor.organisation_id)
    return own.filter(session__starts_at__gt=clock.now()).order_by("session__starts_at", "pk")


def counts_to_give(actor: Actor) -> QuerySet[Booking]:
    return bookings_of(actor).awaiting_count().filter(session__starts_at__gt=clock.now()).order_by("count_due_at", "pk")


def places_to_accept(actor: Actor) -> QuerySet[WaitlistEntry]:
    offered = WaitlistEntry.objects.visible_to(actor).filter(state=WaitlistEntry.State.OFFERED)
    return offered.with_names().order_by("session__starts_at", "pk")


def sessions_to_open(actor: Actor) -> QuerySet[Session]:
    own = Session.objects.visible_to(actor).filter(provider=actor.organisation_id, state=Session.State.DRAFT)
    return own.upcoming().select_related("programme").order_by("starts_at", "pk")


def _parties(actor: Actor, party_state: str, *states: str) -> QuerySet[AgreementParty]:
    own = AgreementParty.objects.filter(organisation_id=actor.organisation_id, state=party_state)
    return own.filter(agreement__state__in=states).select_related("agreement__venue__organisation").order_by("pk")


def texts_to_answer(actor: Actor) -> QuerySet[AgreementParty]:
    return _parties(actor, AgreementParty.State.INVITED, Agreement.State.REVIEW, Agreement.State.COUNTERED)


def agreements_to_sign(actor: Actor) -> QuerySet[AgreementParty]:
    """Frozen texts, and what was filed without the own organisation as long as it may still sign."""
    late = AgreementParty.objects.late(clock.today()).filter(organisation_id=actor.organisation_id)
    return _parties(actor, AgreementParty.State.AGREED, Agreement.State.AGREED, Agreement.State.SIGNING) | late


def agreements_to_send(actor: Actor) -> QuerySet[Agreement]:
    states = (Agreement.State.SIGNED, Agreement.State.RETURNED)
    return Agreement.objects.visible_to(actor).filter(state__in=states).order_by("pk")


def agreements_to_file(actor: Actor) -> QuerySet[Agreement]:
    return Agreement.objects.visible_to(actor).awaiting_filing().order_by("pk")


def agreements_ending(actor: Actor) -> QuerySet[Agreement]:
    days = thresholds.of(actor.district_id)["agreement_expiring_days"]
    return Agreement.objects.visible_to(actor).expiring(clock.today(), days).order_by("ends_on", "pk")


def records_to_confirm(actor: Actor) -> QuerySet[Deliverable]:
    own = actor.organisation_id or 0
    return Deliverable.objects.visible_to(actor).awaiting(own).with_names().distinct().order_by("happened_on", "pk")


def listings_to_review(actor: Actor) -> QuerySet[Listing]:
    return Listing.objects.visible_to(actor).awaiting(actor).order_by("applied_at", "pk")


def lists_to_answer(actor: Actor) -> QuerySet[Upload]:
    """Parts of the bureau's lists that wait for the school."""
    own = Upload.objects.visible_to(actor).filter(kind="groups", facts__part=True)
    return own.defer("sealed", "digest").order_by("expires_at", "pk")


def rosters_to_confirm(actor: Actor) -> QuerySet[Upload]:
    """Braked rosters that somebody else has brought."""
    # None is a JSON null here: nobody has asked
    own = Upload.objects.visible_to(actor).filter(kind="roster").exclude(facts__proposed_by=None)
    others = own.exclude(facts__proposed_by=actor.user.pk if actor.user else 0)
    return others.defer("sealed", "digest").order_by("expires_at", "pk")


def terms_to_publish(actor: Actor) -> QuerySet[Term]:
    """Terms that end soon or have ended, with entries of the own school that no publication has shown."""
    until = clock.today() + dt.timedelta(days=thresholds.of(actor.district_id)[LEAD])
    waiting = Entry.objects.standing().filter(school=actor.organisation_id, published__isnull=True)
    sealed = Chain.objects.filter(sealed_at__isnull=False).values("term")
    own = Term.objects.filter(district=actor.district_id, pk__in=waiting.values("concerns_term"), ends_on__lte=until)
    return own.exclude(pk__in=sealed).order_by("starts_on")


def disputes_to_decide(actor: Actor) -> QuerySet[Dispute]:
    wanted = ("publication__school_class", "publication__term")
    return Dispute.objects.to_decide(actor).select_related(*wanted).order_by("raised_at", "pk")


def seals_to_confirm(actor: Actor) -> QuerySet[Chain]:
    """Proposed by somebody else."""
    proposed = Chain.objects.open().filter(district=actor.district_id).exclude(proposed_by="")
    return proposed.exclude(proposed_by=seals.key_of(actor)).select_related("term").order_by("pk")


# --- how one is said --------------------------------------------------------------------------------------------------


def _roll(booking: Booking) -> Line:
    session = booking.session
    return Line(
        gettext("%(group)s: call the roll of “%(programme)s”") % _names(booking),
        [session.provider, wording.when(session.starts_at, session.ends_at), wording.heads(booking.pupils)],
        address_of("activities:roll-call", booking.pk),
        session.ends_at,
        is_late=session.ends_at < clock.now(),
    )


def _request(booking: Booking) -> Line:
    session = booking.session
    return Line(
        gettext("%(group)s asks for “%(programme)s”") % _names(booking),
        [booking.school, wording.when(session.starts_at, session.ends_at), wording.heads(booking.pupils)],
        address_of("activities:booking-page", booking.pk, "activities:booking-list"),
        session.starts_at,
    )


def _count(booking: Booking) -> Line:
    session = booking.session
    return Line(
        gettext("%(group)s: how many come to “%(programme)s”") % _names(booking),
        [session.provider, wording.when(session.starts_at, session.ends_at), wording.heads(booking.pupils)],
        address_of("activities:booking-heads", booking.pk),
        booking.count_due_at,
    )


def _offer(entry: WaitlistEntry) -> Line:
    session, offer = entry.session, entry.offer
    return Line(
        gettext("%(group)s: places are free in “%(programme)s”")
        % {"group": entry.who, "programme": session.programme.name},
        [session.provider, wording.when(session.starts_at, session.ends_at), wording.heads(entry.heads)],
        address_of("activities:waitlist-page", entry.pk),
        offer.until if offer else None,
    )


def _session(session: Session) -> Line:
    return Line(
        gettext("“%(programme)s” is not published yet") % {"programme": session.programme.name},
        [
            wording.when(session.starts_at, session.ends_at),
            gettext("%(n)s places") % {"n": wording.number(session.capacity)},
        ],
        address_of("activities:session-page", session.pk, "activities:session-list"),
        session.starts_at,
    )


def _text(party: AgreementParty) -> Line:
    return _agreement(party.agreement, gettext("Read and answer the text of “%(title)s”"))


def _record(record: Deliverable) -> Line:
    return Line(
        record.title,
        [record.entered_by, record.commitment.get_kind_display(), wording.day(record.happened_on)],
        address_of("partnerships:deliverable-page", record.pk),
    )


def _signature(party: AgreementParty) -> Line:
    return _agreement(party.agreement, gettext("“%(title)s” is ready for your signature"))


def _sending(agreement: Agreement) -> Line:
    returned = agreement.state == Agreement.State.RETURNED
    sentence = (
        gettext("“%(title)s” was returned for correction")
        if returned
        else gettext("“%(title)s” is signed by all: send it")
    )
    return _agreement(agreement, sentence)


def _filing(agreement: Agreement) -> Line:
    return _agreement(agreement, gettext("“%(title)s” waits for filing"))


def _ending(agreement: Agreement) -> Line:
    return _agreement(agreement, gettext("“%(title)s” is about to end: renew it"), due=agreement.last_day)


def _agreement(agreement: Agreement, sentence: str, due: dt.date | None = None) -> Line:
    return Line(
        sentence % {"title": agreement.title},
        [agreement.venue, wording.span(agreement.starts_on, agreement.last_day)],
        address_of("partnerships:agreement-page", agreement.pk, "partnerships:agreement-list"),
        due,
    )


def _listing(listing: Listing) -> Line:
    return Line(
        gettext("%(organisation)s waits for your office's review") % {"organisation": listing.organisation.name},
        [wording.day(listing.applied_at, year=True)],
        address_of("partnerships:listing-review", listing.pk, "partnerships:venue-list"),
    )


def _list(upload: Upload) -> Line:
    return _upload(upload, gettext("The bureau handed over a list of activity groups"))


def _roster(upload: Upload) -> Line:
    return _upload(upload, gettext("A roster would remove many pupils and waits for you"))


def _upload(upload: Upload, sentence: str) -> Line:
    return Line(sentence, [], address_of("portal:import-page", upload.pk), upload.expires_at)


def _publication(term: Term) -> Line:
    sentence = gettext("Credits of %(term)s wait to be published") % {"term": term.name}
    return Line(sentence, [], f"{address('credits:publication-list')}?term={term.pk}", term.last_day)


def _dispute(dispute: Dispute) -> Line:
    return Line(
        gettext("%(class)s: an objection waits for a second person") % {"class": dispute.publication.label},
        [dispute.publication.term.name, wording.day(dispute.raised_at)],
        address_of("credits:dispute-page", dispute.pk, "credits:dispute-list"),
        dispute.publication.last_day,
    )


def _seal(chain: Chain) -> Line:
    sentence = gettext("Sealing the credits of %(term)s waits for a second person") % {"term": chain.term.name}
    return Line(sentence, [], address_of("credits:ledger-page", chain.term_id, "credits:ledger-list"))


def _names(booking: Booking) -> dict[str, str]:
    return {"group": booking.who, "programme": booking.session.programme.name}


DUTIES = (
    Duty(_("Roll call"), _("Call the roll"), SCHOOL | {Role.TEACHER}, rolls_to_call, _roll, ("activities:roll-list",)),
    Duty(_("Waiting list"), _("Accept"), SCHOOL, places_to_accept, _offer, ("activities:booking-list",)),
    Duty(_("How many come"), _("Confirm"), SCHOOL, counts_to_give, _count, ("activities:booking-list",)),
    Duty(_("Booking"), _("Answer"), VENUE, requests_to_answer, _request, ("activities:booking-list",)),
    *request_duties.DUTIES,
    *change_duties.DUTIES,
    *exemption_duties.DUTIES,
    Duty(_("Session"), _("Publish"), VENUE, sessions_to_open, _session, ("activities:session-list",)),
    Duty(_("Agreement"), _("Read and answer"), SCHOOL | VENUE, texts_to_answer, _text, ("partnerships:agreement-list",)),
    Duty(_("Agreement"), _("Sign"), LEADS, agreements_to_sign, _signature, ("partnerships:agreement-list",)),
    Duty(_("Record"), _("Confirm"), SCHOOL | VENUE, records_to_confirm, _record, ("partnerships:agreement-list",)),
    Duty(_("Filing"), _("Send"), LEADS, agreements_to_send, _sending, ("partnerships:agreement-list",)),
    Duty(_("Filing"), _("File it"), FILERS, agreements_to_file, _filing, ("partnerships:filing-list",)),
    Duty(_("Listing"), _("Review it"), REVIEWERS, listings_to_review, _listing, ("partnerships:venue-list",)),
    *outing_duties.DUTIES,
    *counselor_duties.DUTIES,
    *report_duties.DUTIES,
    Duty(_("Import"), _("Confirm"), frozenset({Role.SCHOOL_LEAD}), rosters_to_confirm, _roster, ("portal:import-list",)),
    *roster_duties.DUTIES,
    Duty(_("Import"), _("Answer"), SCHOOL, lists_to_answer, _list, ("portal:import-list",)),
    Duty(_("Credits"), _("Decide"), SCHOOL, disputes_to_decide, _dispute, ("credits:dispute-list",)),
    Duty(_("Credits"), _("Publish"), SCHOOL, terms_to_publish, _publication, ("credits:publication-list",)),
    Duty(_("Credits"), _("Confirm"), FILERS, seals_to_confirm, _seal, ("credits:ledger-list",)),
    *result_duties.DUTIES,
    *visit_duties.DUTIES,
    Duty(_("Agreement"), _("Renew"), LEADS, agreements_ending, _ending, ("partnerships:agreement-list",)),
)  # fmt: skip
