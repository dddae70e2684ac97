"""The roof's own app, last in the order of imports."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
