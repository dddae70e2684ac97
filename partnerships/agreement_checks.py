"""文本核验: what anybody may read who holds an agreement on paper, found by its fingerprint alone."""

import re
from dataclasses import dataclass

from django.db.models import F, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from partnerships import phases, texts
from partnerships.models import Agreement, AgreementVersion
from people import thresholds
from portal.lib import clock

LEAST = 16  # hex digits that stand for a fingerprint where somebody types it: 2^64 of them


class Standing(TextChoices):
    """How a version stands today."""

    DAMAGED = "damaged", _("damaged")
    VOID = "void", _("void: replaced before it was signed")
    REPLACED = "replaced", _("replaced by a later version")
    UNSIGNED = "unsigned", _("not signed by every party yet")
    UNFILED = "unfiled", _("signed, not filed yet")
    ENDED = "ended", _("no longer in force")
    IN_FORCE = "in_force", _("filed, this is the text that counts")


TONES = {
    Standing.DAMAGED: ("red", "none"),
    Standing.VOID: ("red", "none"),
    Standing.REPLACED: ("grey", "none"),
    Standing.UNSIGNED: ("turn", "half"),
    Standing.UNFILED: ("teal", "half"),
    Standing.ENDED: ("grey", "none"),
    Standing.IN_FORCE: ("solid", "full"),
}
State = Agreement.State
SIGNED = (State.SIGNED, State.SENT, State.RETURNED)


@dataclass(frozen=True)
class Found:
    version: AgreementVersion
    standing: Standing


def find(typed: str) -> Found | None:
    """The version with this fingerprint, or the only one that begins so; None for anything else."""
    digest = re.sub(r"[\s-]", "", typed).lower()
    if not re.fullmatch(rf"[0-9a-f]{{{LEAST},64}}", digest):
        return None
    rows = AgreementVersion.objects.filter(frozen_at__isnull=False).select_related(
        "agreement__venue__organisation", "agreement__district", "agreement__successor", "came_with", "scan"
    )
    found = list(_own(rows.filter(sha256__startswith=digest))[:2])
    if not found or len({version.sha256 for version in found}) > 1:
        return None
    return Found(found[0], standing(found[0]))


def _own(rows: QuerySet[AgreementVersion]) -> QuerySet[AgreementVersion]:
    """A version that came with a supplement stands there too: the agreement's own copy first."""
    own = F("came_with_id").desc(nulls_last=True), F("agreement__filed_at").desc(nulls_last=True)
    return rows.order_by(*own, "pk")


def standing(version: AgreementVersion) -> Standing:
    """Read from the version and its agreement; nothing of it is stored."""
    agreement = version.agreement
    if not texts.is_whole(version):
        return Standing.DAMAGED
    if agreement.state == State.WITHDRAWN:
        return Standing.VOID
    if agreement.current_version_id != version.pk:
        return Standing.REPLACED if agreement.filed_at and _was_filed(version) else Standing.VOID
    if agreement.filed_at is None:
        return Standing.UNFILED if agreement.state in SIGNED else Standing.UNSIGNED
    today = clock.today()
    days = thresholds.of(agreement.district_id)["agreement_expiring_days"]
    phase = phases.of(agreement, today, expiring_days=days)
    over = phase in (phases.Phase.EXPIRED, phases.Phase.RENEWED) and today >= agreement.ends_on
    if agreement.state != State.FILED or over:
        return Standing.ENDED
    return Standing.IN_FORCE


def _was_filed(version: AgreementVersion) -> bool:
    """Whether it was ever the text in force: it came with a filed supplement, or was the one first signed."""
    return version.came_with_id is not None or version.agreement.parties.filter(version=version).exists()
