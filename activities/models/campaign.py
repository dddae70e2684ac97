"""Campaigns 主题活动: what programmes are part of, so that a school finds all of one; a new campaign is a line here."""

from django.db import models
from django.utils.translation import pgettext_lazy


class Campaign(models.TextChoices):
    SCIENCE_WEEK = "science_week", pgettext_lazy("campaign", "Science and Technology Week")
    SCIENCE_MONTH = "science_month", pgettext_lazy("campaign", "National Science Month")
    SPACE_DAY = "space_day", pgettext_lazy("campaign", "Space Day of China")
    ENVIRONMENT_DAY = "environment_day", pgettext_lazy("campaign", "Environment Day")
    SCIENTISTS = "scientists", pgettext_lazy("campaign", "The spirit of scientists")
    INTO_SCHOOLS = "into_schools", pgettext_lazy("campaign", "Science into schools")
    HOLIDAYS = "holidays", pgettext_lazy("campaign", "Science in the holidays")
