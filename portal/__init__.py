"""The roof of the house: settings, wiring, and the pages that span the apps."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
