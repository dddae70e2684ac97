"""Verbs of the seal 封存: one officer of the bureau proposes, another confirms, and the term's ledger is closed."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from activities.models import Booking
from credits.models import Chain, Dispute, Entry, Publication
from partnerships.models import School, Term
from people import audit, notices
from people.access import require
from people.actors import Actor
from people.models import User
from people.roles import Permission
from people.workflow import verb
from portal.lib import clock
from portal.lib.errors import Refused


@dataclass(frozen=True)
class Check:
    """One thing to look at before sealing: how many, and whether the seal waits for it."""

    code: str
    label: str | Promise
    count: int
    blocks: bool
    is_counted: bool = True  # False: a plain yes or no

    @property
    def is_clear(self) -> bool:
        return self.count == 0


def checks(term: Term) -> list[Check]:
    """What still stands open of a term. The last two are listed and do not hold the seal up."""
    later = Term.objects.filter(district=term.district_id, starts_on__gt=term.starts_on)
    sealed = Chain.objects.filter(sealed_at__isnull=False).values("term")
    has_no_next = not later.exclude(pk__in=sealed).exists()
    disputes = Dispute.objects.open().filter(publication__term=term)
    rolls = _waiting_rolls(term)
    return [
        Check("running", _("The term is not over yet"), int(term.ends_on > clock.today()), True, False),
        Check("next", _("No later term is open to take later findings"), int(has_no_next), True, False),
        Check("disputes", _("Objections that wait"), disputes.count(), True),
        Check("publications", _("Publications still open"), Publication.objects.open().filter(term=term).count(), True),
        Check("classes", _("Classes with unpublished entries"), unpublished(term), False),
        Check("rolls", _("Roll calls that were not sent"), rolls.count(), False),
    ]  # fmt: skip


@dataclass
class SchoolRow:
    """What of one school still stands open in a term; nothing about pupils."""

    school: School
    classes: int = 0
    publications: int = 0
    disputes: int = 0
    rolls: int = 0


def by_school(term: Term) -> list[SchoolRow]:
    """The schools of the district with something open, by name."""
    rows: dict[int, SchoolRow] = {}
    schools = School.objects.filter(organisation__district=term.district_id).select_related("organisation").in_bulk()

    def add(what: str, counts: Iterable[tuple[int, int]]) -> None:
        for school, count in counts:
            setattr(rows.setdefault(school, SchoolRow(schools[school])), what, count)

    waiting = Entry.objects.to_publish(term).with_class().order_by().values("school")
    add("classes", waiting.annotate(n=Count("class_id", distinct=True)).values_list("school", "n"))
    publications = Publication.objects.open().filter(term=term).order_by().values("school")
    add("publications", publications.annotate(n=Count("pk")).values_list("school", "n"))
    disputes = Dispute.objects.open().filter(publication__term=term).order_by().values("publication__school")
    add("disputes", disputes.annotate(n=Count("pk")).values_list("publication__school", "n"))
    add("rolls", _waiting_rolls(term).order_by().values("school").annotate(n=Count("pk")).values_list("school", "n"))
    return sorted(rows.values(), key=lambda row: (row.school.name, row.school.pk))


def _waiting_rolls(term: Term) -> QuerySet[Booking]:
    return Booking.objects.awaiting_roll().filter(
        district=term.district_id,
        session__starts_at__date__gte=term.starts_on,
        session__starts_at__date__lt=term.ends_on,
    )


def unpublished(term: Term) -> int:
    """Classes of the district with standing entries of the term that nobody has published."""
    return Entry.objects.to_publish(term).with_class().values("class_id").distinct().count()


def key_of(actor: Actor) -> str:
    """The person, whatever the hat: one officer in two hats is one person."""
    return f"user:{actor.user.pk}" if actor.user else actor.ref


def name_of(key: str) -> str:
    """The name behind a key of the chain."""
    pk = key.removeprefix("user:")
    user = User.objects.filter(pk=int(pk)).first() if pk.isdecimal() else None
    return user.full_name if user else key


def chain_of(term: Term) -> Chain | None:
    return Chain.objects.filter(district=term.district_id, term=term).first()


@verb
def propose(term: Term, *, by: Actor) -> Chain:
    """Ask for a second person. Refused while something blocks, and when the term is sealed already."""
    chain = _locked(term, by=by)
    if chain.proposed_by:
        raise Refused("seal_proposed", _("Sealing this term has been proposed already."))
    _require_clear(term)
    _set(chain, proposed_by=key_of(by))
    audit.record("chain.propose_seal", term, by=by, is_now="proposed", postings=chain.seq)
    notices.send(
        "seal_proposed",
        to=[user for user in notices.officers(term.district_id) if user != by.user],
        subject=f"seal:{term.pk}",
        path=f"/terms/{term.pk}/ledger/",
        due_slot=clock.now().isoformat(timespec="seconds"),
        facts={"term": term.name, "by": by.label},
    )
    return chain


@verb
def withdraw(term: Term, *, by: Actor) -> None:
    """Take the proposal back; any officer of the bureau may."""
    chain = _locked(term, by=by)
    if not chain.proposed_by:
        raise Refused("seal_not_proposed", _("Sealing this term has not been proposed."))
    _set(chain, proposed_by="")
    audit.record("chain.withdraw_seal", term, by=by, was="proposed")


@verb
def confirm(term: Term, *, by: Actor) -> Chain:
    """Seal. From now on the database takes no posting into this term; the head of the chain goes on record."""
    chain = _locked(term, by=by)
    if not chain.proposed_by:
        raise Refused("seal_not_proposed", _("Sealing this term has not been proposed."))
    if chain.proposed_by == key_of(by):
        raise Refused("chain_two_people", _("Two different people seal a term."))
    _require_clear(term)
    _set(chain, sealed_at=clock.now(), confirmed_by=key_of(by))
    audit.record(
        "chain.seal", term, by=by, was="proposed", is_now="sealed", postings=chain.seq, head=bytes(chain.head).hex()
    )
    return chain


def _locked(term: Term, *, by: Actor) -> Chain:
    """The chain of the term, closed to postings until the verb ends; made where nothing was posted."""
    require(by, Permission.LEDGER_SEAL, term)
    Chain.objects.get_or_create(district_id=term.district_id, term=term)
    chain = Chain.objects.select_for_update().get(district=term.district_id, term=term)
    if chain.sealed_at:
        raise Refused("seal_sealed", _("This term is sealed already."))
    return chain


def _require_clear(term: Term) -> None:
    held = next((check for check in checks(term) if check.blocks and not check.is_clear), None)
    if held:
        raise Refused("seal_held_up", _("Not yet: %(label)s (%(count)s)."), label=held.label, count=held.count)


def _set(chain: Chain, **values: object) -> None:
    Chain.objects.filter(pk=chain.pk).update(**values)
    for name, value in values.items():
        setattr(chain, name, value)


def entries_of(chain: Chain | None) -> int:
    return Entry.objects.filter(posting__chain=chain).count() if chain else 0
