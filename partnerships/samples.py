"""An example of the paper of an agreement, for those who look at it: the first that the demo has filed."""

from typing import Any

from partnerships import agreement_paper
from partnerships.models import AgreementVersion
from portal.lib import documents, wording


@documents.sample("agreement")
def agreement() -> tuple[str, dict[str, Any]] | None:
    version = (
        AgreementVersion.objects.filter(agreement__filed_at__isnull=False, body__isnull=False).order_by("pk").first()
    )
    if version is None:
        return None
    language = "zh-hans" if wording.reads_chinese() else "en"
    return agreement_paper.document(
        version, lambda one: f"https://example.org/agreements/verify/{one.sha256}/", language=language
    )
