"""The fields of science: what a counselor knows, and what a programme and a session are about."""

from django.db import models
from django.utils.translation import pgettext_lazy


class Field(models.TextChoices):
    """What somebody knows, and what a session is about."""

    PHYSICS = "physics", pgettext_lazy("field", "Physics")
    CHEMISTRY = "chemistry", pgettext_lazy("field", "Chemistry")
    BIOLOGY = "biology", pgettext_lazy("field", "Biology")
    EARTH = "earth", pgettext_lazy("field", "Earth science")
    ASTRONOMY = "astronomy", pgettext_lazy("field", "Astronomy and space")
    MATHEMATICS = "mathematics", pgettext_lazy("field", "Mathematics")
    COMPUTING = "computing", pgettext_lazy("field", "Computing and AI")
    ROBOTICS = "robotics", pgettext_lazy("field", "Robotics and engineering")
    AGRICULTURE = "agriculture", pgettext_lazy("field", "Agriculture")
    ENVIRONMENT = "environment", pgettext_lazy("field", "Environment")
    HEALTH = "health", pgettext_lazy("field", "Health")
    OTHER = "other", pgettext_lazy("field", "Other fields")
