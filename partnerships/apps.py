from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PartnershipsConfig(AppConfig):
    name = "partnerships"

    def ready(self) -> None:
        """Higher apps tell in `impact.py` what ending an agreement touches."""
        autodiscover_modules("impact")
