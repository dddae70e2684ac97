"""Dates that a form takes: one far outside is a slip of the finger, and has no day before or after it."""

import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator

ORDINARY = [MinValueValidator(dt.date(1980, 1, 1)), MaxValueValidator(dt.date(2099, 12, 31))]
