"""What credits tell people."""

from django.utils.translation import gettext_lazy as _

from credits.models import Chain, Dispute, Entry, Result
from partnerships.models import School, SchoolClass, Term
from people import matters
from people.models import Notice
from people.notices import COUNSELORS, OFFICES, SCHOOLS, audience, declare

matters.declare({"certificates": SchoolClass, "publish": School, "seal": Term})


def _still_waits(notice: Notice) -> bool:
    """Whether nobody has decided the objection meanwhile."""
    return Dispute.objects.open().filter(pk=notice.subject.rpartition(":")[2]).exists()


def _still_to_vouch(notice: Notice) -> bool:
    """Whether a project of that entering still waits for its mentor."""
    return Result.objects.filter(pk=notice.subject.rpartition(":")[2], state=Result.State.ENTERED).exists()


def _still_to_confirm(notice: Notice) -> bool:
    return Result.objects.filter(pk=notice.subject.rpartition(":")[2], state=Result.State.VOUCHED).exists()


def _still_unpublished(notice: Notice) -> bool:
    _word, school, term = notice.subject.split(":")
    return Entry.objects.standing().filter(school=school, concerns_term=term, published__isnull=True).exists()


def _still_proposed(notice: Notice) -> bool:
    chains = Chain.objects.open().exclude(proposed_by="")
    return chains.filter(term=notice.subject.rpartition(":")[2]).exists()


declare(
    "credits_corrected",
    _("Credits of a booking corrected: %(booking)s"),
    _("The roll of %(day)s was corrected: %(awards)s awarded, %(reversals)s taken back."),
)
declare(
    "credits_result_corrected",
    _("Credits corrected: %(name)s"),
    _("A result of %(day)s is judged anew: %(awards)s awarded, %(reversals)s taken back."),
)
declare(
    "result_to_vouch",
    _("A project waits for you as its mentor: %(name)s"),
    _("%(school)s entered the project and names you. Confirm it, or tell the school that it is not yours."),
    duty=True,
    holds=_still_to_vouch,
)
declare(
    "result_to_confirm",
    _("A project waits for the school: %(name)s"),
    _("Its mentor %(mentor)s has confirmed it. A second person at the school confirms it for the credits."),
    duty=True,
    holds=_still_to_confirm,
)
declare(
    "credits_published",
    _("Credits published: %(class)s"),
    _("%(entries)s entries are open for objection inside the school from %(from)s to %(until)s."),
    chat=_(
        "The science credits of %(class)s are shown inside the school from %(from)s to %(until)s. "
        "Please tell the class teacher or the coordinator if something is wrong."
    ),
)
declare(
    "credits_final",
    _("Credits final: %(class)s"),
    _("The period for objections has passed; %(entries)s entries were shown."),
)
declare(
    "dispute_raised",
    _("Objection to decide: %(class)s"),
    _("%(by)s entered an objection for a family. A second person decides it, with an answer in writing."),
    duty=True,
    holds=_still_waits,
)
declare(
    "dispute_decided",
    _("Objection decided: %(class)s"),
    _("%(by)s decided the objection that you entered. Tell the family what the answer says."),
)
declare(
    "certificates_issued",
    _("Certificates issued: %(class)s"),
    _("%(count)s certificates were issued and can be printed."),
)
declare(
    "credits_to_publish",
    _("Credits to publish: %(term)s"),
    _("%(classes)s classes wait for publication. It takes %(days)s working days: plan before the holidays."),
    duty=True,
    holds=_still_unpublished,
)
declare(
    "seal_proposed",
    _("Seal to confirm: %(term)s"),
    _("%(by)s proposes to seal the credits of this term. A second person confirms."),
    duty=True,
    holds=_still_proposed,
)

audience(SCHOOLS, "certificates_", "credits_", "dispute_")
audience(SCHOOLS | COUNSELORS, "result_")
audience(OFFICES, "seal_")
