"""Who: accounts, organisations, hats, the trail; knows nothing of the apps above."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PeopleConfig(AppConfig):
    name = "people"

    def ready(self) -> None:
        """Every app declares in files of these names: thresholds, notices, reminders, events, reach, open work, checks,
        names of acts."""
        autodiscover_modules("thresholds", "notices", "reminders", "events", "reach", "handover", "checks", "acts")
