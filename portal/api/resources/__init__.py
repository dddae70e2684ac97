"""One file a noun. NOUNS is the open list of the router: a new noun adds its line."""

from rest_framework.viewsets import GenericViewSet

from portal.api.resources.districts import Districts

NOUNS: dict[str, type[GenericViewSet]] = {
    "districts": Districts,
}
