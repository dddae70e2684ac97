"""Jobs of the roof."""

from celery import shared_task

from portal.imports import uploads


@shared_task(name="portal.forget_uploads")
def forget_uploads() -> None:
    """Uploads whose preview is over."""
    uploads.forget_expired()
