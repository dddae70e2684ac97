"""Who: accounts, organisations, hats, the trail; knows nothing of the apps above."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PeopleConfig(AppConfig):
    name = "people"

    def ready(self) -> None:
        """Every app declares in files of these names: thresholds, notices, events, listings in reach, open work, checks."""
        autodiscover_modules("thresholds", "notices", "events", "reach", "handover", "checks")
