"""The parties of an agreement and their signatures."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from people.models import Organisation, User

from .agreement import Agreement
from .agreement_version import AgreementVersion
from .scan import Scan

ORDINALS = "甲乙丙丁戊己庚辛壬癸"


class AgreementPartyQuerySet(models.QuerySet):
    def visible_to(self, actor):
        return self.filter(agreement__in=Agreement.objects.visible_to(actor).values("pk"))

    def standing(self, day: dt.date):
        """Signed, and not left by `day`."""
        return self.filter(Q(left_on__isnull=True) | Q(left_on__gt=day), signed_at__isnull=False)

    def late(self, day: dt.date):
        """Agreed to the text of what was filed without them, and may still sign it on `day`.

        Once a supplement has changed the text without them, they come in by a supplement only."""
        running = Agreement.objects.whole().filter(state=Agreement.State.FILED, ends_on__gt=day)
        return self.filter(
            state=AgreementParty.State.AGREED,
            agreement__in=running.filter(current_version__came_with__isnull=True).values("pk"),
        )

    def present(self):
        """Those who have not left."""
        return self.exclude(state=AgreementParty.State.LEFT)


class AgreementParty(models.Model):
    """甲方 (the venue, position 0), 乙方, 丙方 …: whether each has agreed to the text and signed it, and how."""

    class State(models.TextChoices):
        INVITED = "invited", pgettext_lazy("party", "to answer")
        AGREED = "agreed", pgettext_lazy("party", "agreed to the text")
        SIGNED = "signed", pgettext_lazy("party", "signed")
        LEFT = "left", pgettext_lazy("party", "left")

    class How(models.TextChoices):
        ONLINE = "online", _("confirmed online")
        SCAN = "scan", _("sealed original uploaded")
        PAPER = "paper", _("signed on paper before registration")

    TONES = {
        State.INVITED: ("turn", "half"),
        State.AGREED: ("turn", "half"),
        State.SIGNED: ("teal", "full"),
        State.LEFT: ("grey", "none"),
    }

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="parties")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="agreement_parties")
    position = models.PositiveSmallIntegerField()
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.INVITED)
    version = models.ForeignKey(AgreementVersion, models.PROTECT, null=True, blank=True, related_name="+")
    how = models.CharField(_("how"), max_length=10, choices=How, blank=True)
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    signer = models.CharField(_("signer"), max_length=60, blank=True)
    scan = models.ForeignKey(Scan, models.PROTECT, null=True, blank=True, related_name="+")
    representative = models.CharField(_("legal representative"), max_length=60, blank=True)
    contact = models.CharField(_("contact person"), max_length=60, blank=True)
    phone = models.CharField(_("contact's phone"), max_length=30, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = AgreementPartyQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "organisation"],
                name="agreement_party_once",
                violation_error_message=_("An organisation can be a party only once."),
            ),
            models.UniqueConstraint(
                fields=["agreement", "position"],
                name="agreement_party_position_once",
                violation_error_message=_("Two parties can't have the same place in the agreement."),
            ),
            models.UniqueConstraint(
                fields=["agreement", "signed_by"],
                condition=Q(how="online"),
                name="agreement_party_two_people",
                violation_error_message=_(
                    "You have signed this agreement for another party: a colleague signs for this one."
                ),
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, signed_by__isnull=True, version__isnull=True, how="")
                | (Q(signed_at__isnull=False, signed_by__isnull=False, version__isnull=False) & ~Q(how="")),
                name="agreement_party_signed_whole",
                violation_error_message=_("A signature has a time, a person, a version and a way of signing."),
            ),
            models.CheckConstraint(
                condition=~Q(state="signed") | Q(signed_at__isnull=False),
                name="agreement_party_signed_has_signature",
                violation_error_message=_("A party that has signed has a signature."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["invited", "agreed"]) | Q(signed_at__isnull=True),
                name="agreement_party_open_has_none",
                violation_error_message=_("A party that has not signed has no signature."),
            ),
            models.CheckConstraint(
                condition=~Q(how="scan") | Q(scan__isnull=False),
                name="agreement_party_scan_present",
                violation_error_message=_("Upload the scan of the sealed original."),
            ),
            models.CheckConstraint(
                condition=Q(state="left", left_on__isnull=False) | (~Q(state="left") & Q(left_on__isnull=True)),
                name="agreement_party_left_dated",
                violation_error_message=_("A party that left has the date of its leaving."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ordinal} {self.organisation}"

    @property
    def ordinal(self) -> str:
        """甲方, 乙方 …; beyond ten the number."""
        return f"{ORDINALS[self.position]}方" if self.position < len(ORDINALS) else f"第{self.position + 1}方"

    @property
    def seat(self) -> str:
        """The place in the agreement in the reader's language: 甲方 / Party A."""
        if (get_language() or "").startswith("zh"):
            return self.ordinal
        return gettext("Party %(letter)s") % {"letter": chr(ord("A") + self.position)}

    @property
    def is_venue(self) -> bool:
        return self.position == 0

    def organisation_ids(self) -> set[int]:
        return {self.organisation_id}

    def district_ids(self) -> set[int]:
        return {self.agreement.district_id}
