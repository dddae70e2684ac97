"""Whether the cause of a notice about a report still stands: asked just before it is sent."""

from people.notices import Judge
from portal.models import Report


def report_in(*states: str) -> Judge:
    """The report that a notice is about is still in one of these states."""
    return lambda notice: Report.objects.filter(pk=notice.key_of("report"), state__in=states).exists()
