"""The roof's own app, last in the order of imports."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        """Every app declares its thresholds, notices, trigger sentences, advice and samples in modules of these names."""
        autodiscover_modules("thresholds", "notices", "sentences", "advice", "samples")
