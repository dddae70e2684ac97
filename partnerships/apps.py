from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PartnershipsConfig(AppConfig):
    name = "partnerships"

    def ready(self) -> None:
        """Higher apps tell in `impact.py` what ending an agreement touches, in `tiles.py` what a school has."""
        autodiscover_modules("impact", "tiles")
