"""What a training delivers of the agreements between its giver and the teachers' schools: one session each."""

from activities.models import Session, TrainingPlace, TrainingUse
from partnerships import commitments
from partnerships.models import Agreement, AgreementParty, Commitment, Term


def settle(session: Session) -> None:
    """Make the uses of a session what its attendance says; called after every change of attendance."""
    wanted = {commitment.pk: commitment for commitment in _promised(session)}
    for use in session.training_uses.select_related("commitment").order_by("commitment"):
        if wanted.pop(use.commitment_id, None) is None:
            use.delete()
            commitments.correct(use.commitment, delivered=-1)
    for commitment in wanted.values():
        if Commitment.objects.filter(pk=commitment.pk).with_room(1).exists():
            TrainingUse.objects.create(session=session, commitment=commitment)
            commitments.correct(commitment, delivered=1)


def recount(agreement: Agreement) -> None:
    """After the promises of an agreement have changed: every training of its sides that was attended is looked at."""
    sides = agreement.parties.values("organisation_id")
    attended = TrainingPlace.objects.attended().filter(session__provider__in=sides, school__in=sides)
    for session in Session.objects.filter(pk__in=attended.values("session")).order_by("pk"):
        settle(session)


def _promised(session: Session) -> list[Commitment]:
    """The giver's promises of trainings, in agreements in force that day with a school whose teachers were there."""
    schools = TrainingPlace.objects.attended().filter(session=session).values("school_id")
    parties = AgreementParty.objects.standing(session.day).filter(organisation_id__in=schools)
    agreements = Agreement.objects.in_force(session.day).filter(pk__in=parties.values("agreement_id"))
    rows = Commitment.objects.filter(
        kind=Commitment.Kind.TRAININGS,
        party__organisation_id=session.provider_id,
        agreement__in=agreements.values("pk"),
        term__in=Term.objects.on(session.day).values("pk"),
    )
    return list(rows.order_by("pk"))
