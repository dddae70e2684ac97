"""Before booking: what the group's pupils would earn if all came, and who would earn nothing and why."""

from collections import Counter
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activities import advice
from activities.advice import Advice
from activities.groups import Group
from activities.models import Booking, Session
from credits import earning, facts
from credits.earning import Fact, Verdict
from portal.lib import wording


@advice.declare
def credits_of(session: Session, group: Group) -> Advice | None:
    """Judged by the same rules as a roll call; where the programme carries no category there is nothing to say."""
    if not session.programme.category:
        return None
    return Advice(_("Credits"), tuple(_sentences(verdicts(session, group))))


def verdicts(session: Session, group: Group) -> list[Verdict]:
    """One verdict a named pupil, all of them present with their task sheets; one for all where a reason holds for all."""
    imagined = Booking(
        session=session,
        school=group.school,
        district_id=group.school.district_id,
        by=group.by,
        state=Booking.State.ATTENDED,
    )
    occasion = replace(facts.occasions([imagined])[imagined.pk], has_roll=bool(group.enrolments))
    of_all = earning.of_all(occasion)
    if of_all:
        return [of_all]
    lines = facts.tally(enrolment.student_id for enrolment in group.enrolments)
    return [
        earning.decide(
            occasion,
            Fact(
                roll_entry_id=0,
                student_id=enrolment.student_id,
                mark="present",
                was_there=True,
                grade=enrolment.school_class.grade(session.day),
                task_sheet=True,
            ),
            lines[enrolment.student_id],
        )
        for enrolment in group.enrolments
    ]


def _sentences(found: list[Verdict]) -> list[str]:
    earners = [verdict for verdict in found if verdict.earns]
    said = []
    if earners:
        said.append(
            ngettext(
                "%(n)s pupil can earn %(points)s points", "%(n)s pupils can earn %(points)s points each", len(earners)
            )
            % {"n": wording.number(len(earners)), "points": wording.points(earners[0].points)}
        )
    reasons = Counter(verdict.sentence for verdict in found if not verdict.earns)
    if not earners and len(reasons) == 1:
        return [_("Earns nothing: %(reason)s") % {"reason": reason} for reason in reasons]
    said += [
        ngettext("%(n)s earns nothing: %(reason)s", "%(n)s earn nothing: %(reason)s", n)
        % {"n": wording.heads(n), "reason": reason}
        for reason, n in reasons.most_common()
    ]
    return said
