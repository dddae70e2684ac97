"""Verbs of publications: show a class what was earned, and declare it final once nobody objects any more."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import structlog
from django.utils.translation import gettext_lazy as _

from credits.models import Entry, Publication, PublishedEntry
from partnerships import calendar
from partnerships.models import School, SchoolClass, Term
from people import audit, notices, thresholds
from people.access import require
from people.actors import SYSTEM, Actor
from people.roles import Permission, Role
from people.workflow import SENTENCES, move, verb
from portal.lib import clock
from portal.lib.errors import Refused

DAYS = "credits.publication_days"
KEEPERS = (Role.SCHOOL_LEAD, Role.COORDINATOR)
log = structlog.get_logger(__name__)


@verb
def publish(school_class: SchoolClass, term: Term, *, by: Actor) -> Publication:
    """Show the standing entries of a class and term that no publication has shown yet, for so many working days.

    The first day is the next working day. Refused where nothing is new, or while an earlier publication is open."""
    require(by, Permission.PUBLICATION_PUBLISH, school_class)
    entries = list(Entry.objects.to_publish(term).of_class(school_class).order_by("pk").values_list("pk", flat=True))
    if not entries:
        raise Refused("publication_empty", _("Nothing of this class waits to be published."))
    return _publish(school_class, term, entries, by=by)


@verb
def publish_all(school: School, term: Term, *, by: Actor) -> list[Publication]:
    """Every class of the school that has something new and no open publication, in one act."""
    require(by, Permission.PUBLICATION_PUBLISH, school)
    open_ones = Publication.objects.open().filter(school=school, term=term).values_list("school_class_id", flat=True)
    waiting: dict[int, list[int]] = defaultdict(list)
    ready = Entry.objects.to_publish(term).with_class().filter(school=school).order_by("pk")
    for entry, class_id in ready.values_list("pk", "class_id"):
        waiting[class_id].append(entry)
    found = SchoolClass.objects.filter(pk__in=waiting.keys() - set(open_ones)).in_order()
    made = [_publish(school_class, term, waiting[school_class.pk], by=by) for school_class in found]
    if not made:
        raise Refused("publication_empty_school", _("Nothing of this school waits to be published."))
    return made


def _publish(school_class: SchoolClass, term: Term, entries: list[int], *, by: Actor) -> Publication:
    district, today = school_class.school.district_id, clock.today()
    last = calendar.working_day_after(district, today, thresholds.of(district)[DAYS])
    earlier = Publication.objects.filter(school_class=school_class, term=term).order_by("-number").first()
    publication = Publication.objects.create(
        school_class=school_class,
        school=school_class.school,
        district_id=district,
        term=term,
        number=earlier.number + 1 if earlier else 1,
        entries=len(entries),
        starts_on=calendar.working_day_after(district, today, 1),
        ends_on=last + calendar.DAY,
        published_at=clock.now(),
        published_by=by.label[:120] or by.ref,
    )
    PublishedEntry.objects.bulk_create(PublishedEntry(publication=publication, entry_id=entry) for entry in entries)
    audit.record("publication.publish", publication, by=by, is_now=publication.state, entries=len(entries))
    _tell("credits_published", publication, but=by)
    return publication


@verb
def finalise(publication: Publication, *, by: Actor = SYSTEM) -> None:
    """Declare final what was shown; refused before the period is over and while an objection waits."""
    locked = Publication.objects.select_for_update().get(pk=publication.pk)
    if locked.is_open and not locked.is_over:
        raise Refused("credits_publication_period_over", SENTENCES["credits_publication_period_over"])
    if locked.disputes.open().exists():
        raise Refused("credits_publication_undisputed", SENTENCES["credits_publication_undisputed"])
    move(publication, "finalise", by=by, finalised_at=clock.now())
    _tell("credits_final", publication, but=by)


def ripe() -> int:
    """How many publications wait for the job."""
    return Publication.objects.ripe().count()


def finalise_ripe() -> int:
    """What the job does: every open publication whose period is over and whose objections are decided. How many."""
    done = 0
    for publication in Publication.objects.ripe().select_related("school_class", "term").order_by("pk"):
        try:
            finalise(publication)
        except Refused as no:  # an objection came between, or another worker was quicker
            log.info("credits.publication_left", publication=publication.pk, fault=no.code)
            continue
        done += 1
    return done


def _tell(kind: str, publication: Publication, *, but: Actor) -> None:
    people = notices.members(publication.school_id, *KEEPERS)
    notices.send(
        kind,
        to=[user for user in people if user != but.user],
        subject=f"publication:{publication.pk}",
        path=f"/publications/{publication.pk}/",
        facts={
            "class": publication.label,
            "entries": publication.entries,
            "from": str(publication.starts_on),
            "until": str(publication.last_day),
        },
    )


# --- what pages read --------------------------------------------------------------------------------------------------


@dataclass
class ClassRow:
    """One class and term: what waits to be published, and the publications so far."""

    of: SchoolClass
    waiting: int = 0
    publications: list[Publication] = field(default_factory=list)
    disputes: int = 0

    @property
    def name(self) -> str:
        return self.of.label(clock.today())

    @property
    def open(self) -> Publication | None:
        return next((one for one in self.publications if one.is_open), None)

    @property
    def is_ready(self) -> bool:
        return bool(self.waiting) and self.open is None


def board(school: School, term: Term) -> list[ClassRow]:
    """Every class of the school with entries of the term, in order of grade and number."""
    rows: dict[int, ClassRow] = {}
    waiting: dict[int, int] = defaultdict(int)
    for class_id in (
        Entry.objects.to_publish(term).with_class().filter(school=school).values_list("class_id", flat=True)
    ):
        waiting[class_id] += 1
    publications = Publication.objects.filter(school=school, term=term).order_by("number")
    for publication in publications.select_related("school_class", "term"):
        rows.setdefault(publication.school_class_id, ClassRow(publication.school_class)).publications.append(
            publication
        )
    for school_class in SchoolClass.objects.filter(pk__in=waiting.keys() - rows.keys()):
        rows[school_class.pk] = ClassRow(school_class)
    for class_id, count in waiting.items():
        rows[class_id].waiting = count
    order = {pk: place for place, pk in enumerate(in_order(rows))}
    return sorted(rows.values(), key=lambda row: order[row.of.pk])


def in_order(keys: Iterable[int]) -> list[int]:
    """Keys of classes in order of stage, grade and number."""
    return list(SchoolClass.objects.filter(pk__in=list(keys)).in_order().values_list("pk", flat=True))
