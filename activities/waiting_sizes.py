"""How many stand in line: classes and clubs grow and shrink while they wait, and an offer holds what they need by now."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace

from activities.line import Waiting, parts
from activities.models import Booking, Session, WaitlistClass, WaitlistEntry
from partnerships.models import Enrolment, GroupMember


def in_line(entry: WaitlistEntry, session: Session) -> Waiting:
    """An entry (loaded `with_names`) as the decision sees it."""
    one = waiting(session, entry.heads, entry.smallest, of_classes(entry))
    return replace(one, key=entry.pk, skipped=entry.skipped, is_entitled=entry.school.may_take_held_back)


def waiting(session: Session, heads: int, smallest: int, of_class: Mapping[int, int]) -> Waiting:
    """So many pupils, `of_class` in each class, who would come in parts of at least `smallest`."""
    by_heads = session.unit == Session.Unit.HEADS
    takes_part = by_heads and smallest < heads
    return Waiting(
        0,
        session.seats_for(heads),
        session.seats_for(smallest),
        sizes=frozenset(parts(of_class, most=heads)) if takes_part else frozenset(),
        heads=0 if by_heads else heads,
    )


def of_classes(entry: WaitlistEntry) -> dict[int, int]:
    """How many of each class wait; nothing where they were not counted apart."""
    found = {row.school_class_id: row.pupils for row in entry.classes.all()}
    return found if all(found.values()) else {}


def recount(entries: Collection[WaitlistEntry], session: Session) -> None:
    """Make groups in line (loaded `with_names`) as large as they are by now; one of which nobody is left stays as it is.

    Two queries, and those of the groups that have changed."""
    named, members = _named(entries, session), _members(entries, session)
    for entry in entries:
        rows = list(entry.classes.all())
        now = {row.pk: named[row.school_class_id] or row.heads for row in rows}
        heads = members[entry.group_id] if entry.by == Booking.By.GROUP else sum(now.values())
        if entry.by == Booking.By.HEADS or not heads or not all(now.values()):
            continue
        for row in rows:
            if row.pupils != now[row.pk]:
                row.pupils = now[row.pk]
                WaitlistClass.objects.filter(pk=row.pk).update(pupils=row.pupils)
        if heads != entry.heads:
            entry.smallest = heads if entry.smallest == entry.heads else min(entry.smallest, heads)
            entry.heads = heads
            WaitlistEntry.objects.filter(pk=entry.pk).update(heads=heads, smallest=entry.smallest)


def _named(entries: Collection[WaitlistEntry], session: Session) -> Counter[int]:
    """Named pupils on the day, by class."""
    classes = {row.school_class_id for entry in entries for row in entry.classes.all()}
    rows = Enrolment.objects.on(session.day).filter(school_class__in=classes)
    return Counter(rows.values_list("school_class_id", flat=True))


def _members(entries: Collection[WaitlistEntry], session: Session) -> Counter[int | None]:
    """Members of clubs who are in a class on the day, by club."""
    clubs = {entry.group_id for entry in entries} - {None}
    enrolled = Enrolment.objects.on(session.day).values("student")
    rows = GroupMember.objects.on(session.day).filter(group__in=clubs, student__in=enrolled)
    return Counter(rows.values_list("group_id", flat=True))
