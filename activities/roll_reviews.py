"""Verbs of RollReview: somebody of the school has looked, and says what is so."""

from django.utils.translation import gettext_lazy as _

from activities import rollcall
from activities.models import Booking, Mark, RollEntry, RollReview
from activities.rollcall import Said
from people.actors import Person
from people.workflow import move, verb
from portal.lib import clock
from portal.lib.errors import Refused, said


@verb
def count_here(review: RollReview, *, by: Person, answer: str) -> None:
    """The pupil was here: absent on the other roll from now on, present on this one. Credits follow."""
    if not review.may_move or review.enrolment is None:
        raise Refused("review.other_school", _("The other roll is not your school's."))
    _decide(review, "count_here", by=by, answer=answer)
    other = Booking.objects.with_names().get(pk=review.other_id)
    for entry in other.roll.filter(student=review.student_id):
        if other.called_at:
            rollcall.correct(other, by=by, why=answer, marks={entry.pk: Said(Mark.ABSENT)})
            RollEntry.objects.filter(pk=entry.pk).update(is_live=False)
        else:
            entry.delete()
    rollcall.add(review.booking, enrolments=[review.enrolment], by=by)


@verb
def leave(review: RollReview, *, by: Person, answer: str) -> None:
    """Nothing changes: the pupil was there and not here, or the clock of the phone was wrong."""
    _decide(review, "leave", by=by, answer=answer)


def _decide(review: RollReview, name: str, *, by: Person, answer: str) -> None:
    move(review, name, by=by, decided_at=clock.now(), decided_by=by.membership, answer=said(answer))
