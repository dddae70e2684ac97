"""The papers of an outing: visit letter, roster, checklist, guardians' slip, pupils who stay."""

from collections import Counter
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from activities import checklist, roll_names, slips
from activities.models import Booking, Outing
from activities.papers import Draft, Paper, Table, day_of
from partnerships import identities
from partnerships.models import Enrolment, IdentityLook
from people.access import may
from people.actors import Actor
from people.roles import Permission
from portal.lib import wording

Names = dict[UUID, identities.Name]


def live(outing: Outing) -> list[Booking]:
    """What takes place of an outing loaded `with_names`, by time."""
    alive = [trip for trip in outing.trips if trip.is_alive] or list(outing.trips)  # type: ignore[attr-defined]
    return sorted(alive, key=lambda trip: (trip.session.starts_at, trip.pk))


# --- visit letter -----------------------------------------------------------------------------------------------------


def letter(outing: Outing, actor: Actor) -> Paper:
    """参观公函: heads, grades, day, arrival, leaders and transport, to the host that receives the groups."""
    received = [trip for trip in outing.trips if trip.session.provider_id == actor.organisation_id]  # type: ignore[attr-defined]
    # a host reads its own letter, also of a group that it no longer expects; never the one to another host
    trips = [trip for trip in live(outing) if trip in received] or received or live(outing)
    host = trips[0].session.provider
    trips = [trip for trip in trips if trip.session.provider_id == host.pk]
    pupils, adults = sum(trip.pupils for trip in trips), sum(trip.adults for trip in trips)
    first = trips[0].session
    said = _(
        "Our school plans to bring %(pupils)s and %(adults)s to you on %(day)s for “%(programme)s”. "
        "We kindly ask you to receive the groups named below."
    ) % {
        "pupils": wording.heads(pupils),
        "adults": adults_said(adults),
        "day": wording.day(first.starts_at, year=True),
        "programme": first.programme.name,
    }
    facts = Draft()
    facts.say(_("Grades"), _grades(trips))
    facts.say(_("How we travel"), travel(outing))
    facts.say(_("Step-free way needed by"), wording.number(need) if (need := sum(t.step_free for t in trips)) else "")
    facts.say(_("Contact"), outing.phone or next((trip.phone for trip in trips if trip.phone), ""))
    return Paper(
        "letter",
        _("Visit letter"),
        day_of(outing.made_at),
        outing.school.organisation.name,
        outing.number,
        (_("To %(host)s:") % {"host": host.name}, said),
        tuple(facts.pairs),
        (_groups(trips),),
        seals=(outing.school.organisation.name,),
        foot=_("The portal never draws a seal. The names of pupils are on no letter."),
    )


def _groups(trips: list[Booking]) -> Table:
    return Table(
        _("Groups"),
        [_("When"), _("Where"), _("Group"), _("Pupils"), _("Adults"), _("Leader")],
        [
            [
                wording.when(trip.session.starts_at, trip.session.ends_at),
                place_of(trip),
                trip.who,
                wording.number(trip.pupils),
                wording.number(trip.adults),
                trip.leader.user.full_name,
            ]
            for trip in trips
        ],
        wide=2,
        right=(3, 4),
    )


def place_of(booking: Booking) -> str:
    session = booking.session
    if session.place is None:
        return _("online")
    return wording.listed([session.place.name, *([str(session.hall)] if session.hall else [])])


def adults_said(count: int) -> str:
    return ngettext("%(n)s adult", "%(n)s adults", count) % {"n": wording.number(count)}


def travel(outing: Outing) -> str:
    """大巴 2 辆，示例客运公司."""
    if not outing.transport:
        return ""
    parts = [str(outing.get_transport_display())]
    if outing.vehicles:
        parts.append(ngettext("%(n)s vehicle", "%(n)s vehicles", outing.vehicles) % {"n": outing.vehicles})
    return wording.listed([*parts, *filter(None, (outing.carrier, outing.drivers))])


def _grades(trips: list[Booking]) -> str:
    grades = Counter(int(grade) for trip in trips for grade in trip.grades.split(",") if grade)
    return wording.listed([_("grade %(n)s") % {"n": grade} for grade in sorted(grades)])


# --- names ------------------------------------------------------------------------------------------------------------


def may_read_names(outing: Outing, actor: Actor) -> bool:
    """The school's own people; a teacher only of the bookings they lead, in the days around the visit."""
    return actor.is_school and any(roll_names.are_shown(trip, actor) for trip in live(outing))


def names_of(outing: Outing, students: list[UUID], actor: Actor) -> Names:
    """One look for the whole paper."""
    if not students:
        return {}
    reads = may(actor, Permission.IDENTITY_LOOK, outing.school)
    purpose = IdentityLook.Purpose.PAPERS if reads else IdentityLook.Purpose.ROLL_CALL
    return identities.look(students, by=actor, school=outing.school, purpose=purpose)


def roster(outing: Outing, actor: Actor) -> Paper:
    """师生名单: pupils by class with their numbers, and who goes with them."""
    trips = [trip for trip in live(outing) if roll_names.are_shown(trip, actor)]
    rolls = Booking.objects.filter(pk__in=[trip.pk for trip in trips]).prefetch_related(
        "roll__student", "roll__enrolment__school_class"
    )
    entries = {booking.pk: list(booking.roll.all()) for booking in rolls}
    names = names_of(outing, [entry.student_id for each in entries.values() for entry in each], actor)
    tables = [_adults(trips)]
    for trip in trips:
        rows = [
            [*_pupil(entry.enrolment, names), entry.enrolment.school_class.label(outing.day)]
            for entry in entries[trip.pk]
        ]
        heading = wording.listed([trip.who, wording.heads(trip.pupils)])
        tables.append(Table(heading, [_("No."), _("Name"), _("Class")], sorted(rows, key=_by_seat), wide=1))
    unnamed = sum(trip.pupils for trip in trips) - sum(len(each) for each in entries.values())
    text = (_("%(n)s pupils come by head count, without a name here.") % {"n": unnamed},) if unnamed > 0 else ()
    return Paper(
        "roster", _("List of pupils and teachers"), day_of(outing.made_at), outing.school.organisation.name,
        outing.number, text, (), tuple(tables), seals=(outing.school.organisation.name,), shows_names=True,
        foot=_("Names of children: keep the sheet with the leader and destroy it after the outing."),
    )  # fmt: skip


def _adults(trips: list[Booking]) -> Table:
    rows = [[trip.leader.user.full_name, trip.who, trip.phone or "—", wording.number(trip.adults)] for trip in trips]
    heads = [_("Leader"), _("Group"), _("Contact phone"), _("Adults")]
    return Table(_("Adults"), heads, rows, wide=1, right=(3,))


def _pupil(enrolment: Enrolment, names: Names) -> list[str]:
    found = names.get(enrolment.student_id)
    seat = str(enrolment.seat or "") or (found.number[-2:] if found else "")
    return [seat or "—", found.name if found else enrolment.student.pseudonym]


def _by_seat(row: list[str]) -> tuple[str, str, str]:
    return row[2], row[0].zfill(4), row[1]


def staying(outing: Outing, actor: Actor) -> Paper:
    """留校学生: pupils of the classes that go who stand on no roll of the outing, by class."""
    trips = [trip for trip in live(outing) if roll_names.are_shown(trip, actor)]
    classes = {row.school_class_id for trip in trips for row in trip.classes.all()}
    coming = Booking.objects.filter(pk__in=[trip.pk for trip in trips]).values("roll__student")
    named = {row.school_class_id for trip in trips for row in trip.classes.all() if row.heads == 0}
    rows = list(
        Enrolment.objects.on(outing.day)
        .filter(school_class__in=classes & named)
        .exclude(student__in=coming)
        .select_related("student", "school_class")
    )
    names = names_of(outing, [row.student_id for row in rows], actor)
    said = [[*_pupil(row, names), row.school_class.label(outing.day)] for row in rows]
    text = _("Nobody of these classes stays: every enrolled pupil is on the roll.")
    if rows:
        text = _("%(n)s pupils of the classes that go are not on the roll. The school looks after them.") % {
            "n": len(rows)
        }
    heads = [_("No."), _("Name"), _("Class")]
    return Paper(
        "staying", _("Pupils who stay at school"), day_of(outing.made_at), outing.school.organisation.name,
        outing.number, (text,), (), (Table("", heads, sorted(said, key=_by_seat), wide=1),) if rows else (),
        signatures=(_("Looked after by"),), shows_names=True,
        foot=_("Names of children: keep the sheet with the leader and destroy it after the outing."),
    )  # fmt: skip


# --- checklist and slip -----------------------------------------------------------------------------------------------


def papers(outing: Outing, actor: Actor) -> Paper:
    """外出活动备案材料: what the district asks for, what is ready, who stamps it, and the words of lead and bureau."""
    lines = checklist.of(outing)
    trips = live(outing)
    facts = Draft()
    facts.say(_("Activity"), wording.listed(list(dict.fromkeys(trip.session.programme.name for trip in trips))))
    facts.say(_("When"), wording.when(outing.starts_at, outing.ends_at))  # type: ignore[attr-defined]
    facts.say(_("Where"), wording.listed(list(dict.fromkeys(place_of(trip) for trip in trips))))
    people = [wording.heads(sum(trip.pupils for trip in trips)), adults_said(sum(trip.adults for trip in trips))]
    facts.say(_("People"), wording.listed(people))
    facts.say(_("How we travel"), travel(outing))
    facts.say(_("Meeting"), slips.meeting(outing) if outing.meets_at else "")
    facts.say(_("State"), outing.get_state_display())
    sealed = pgettext("paper", "school's seal")
    rows = [[str(line.label), _ready(line), sealed if line.is_sealed else "—", line.ready_by or "—"] for line in lines]
    seals = [outing.school.organisation.name]
    if outing.bureau != Outing.Bureau.NONE:
        seals.append(_("Education bureau of %(district)s") % {"district": outing.district.name})
    return Paper(
        "checklist", _("Papers of the outing"), day_of(outing.submitted_at or outing.made_at),
        outing.school.organisation.name, outing.number, (), tuple(facts.pairs),
        (Table(_("Checklist"), [_("Paper"), _("Ready"), _("Seal"), pgettext("paper", "By")], rows), *_groups_of(trips)),
        seals=tuple(seals), signatures=(_("Signature of the school's lead"), _("Date")),
        foot=_("The list is the district's; the portal never draws a seal."),
    )  # fmt: skip


def _groups_of(trips: list[Booking]) -> tuple[Table, ...]:
    return (_groups(trips),) if trips else ()


def _ready(line: checklist.Line) -> str:
    return wording.day(line.ready_at) if line.ready_at else pgettext("paper", "not yet")


def slip(outing: Outing, actor: Actor) -> Paper:
    """家长告知书回执: what the class chat says, to all classes at once, and two boxes of the same size."""
    trips = live(outing)
    names = wording.listed([name for trip in trips for name in slips.names_of(trip)])
    text = (slips.text(outing, trips[0], names, slips.answer_by(outing)),)
    return Paper(
        "slip", _("Guardians' reply slip"), day_of(outing.made_at), outing.school.organisation.name, outing.number,
        text, (), (), (((_("takes part")), _("does not take part")),),
        signatures=(_("Class"), _("Pupil"), _("Guardian"), _("Date")),
        foot=_("Both answers are equally welcome. A pupil who does not take part is looked after at school."),
    )  # fmt: skip


BUILDERS = {"letter": letter, "roster": roster, "staying": staying, "papers": papers, "slip": slip}
