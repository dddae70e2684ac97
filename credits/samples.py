"""Examples of the documents of credits, for those who look at them: what the demo has issued."""

from credits import papers
from credits.models import Certificate
from portal.lib import documents
from portal.lib.documents import Sample

NAMES = {"zh-hans": "示例学生", "en": "Example Pupil"}


def _of(kind: str) -> Sample:
    def example():
        wanted = ("account__student", "school__organisation__district")
        found = (
            Certificate.objects.valid().filter(kind=kind).select_related(*wanted).order_by("issued_at", "pk").first()
        )
        if found is None:
            return None
        language = "zh-hans" if papers.wording.reads_chinese() else "en"
        return papers.document(
            [(found, NAMES[language])], lambda one: f"https://example.org/verify/{one.code}/", language=language
        )

    return example


documents.sample("certificate")(_of(Certificate.Kind.CERTIFICATE))
documents.sample("record-sheet")(_of(Certificate.Kind.SHEET))
