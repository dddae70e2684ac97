"""The map of the portal: each app's pages under its own nouns."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("people.signin_urls")),
    path("", include("people.urls")),
    path("", include("partnerships.urls")),
    path("", include("activities.urls")),
    path("", include("credits.urls")),
    path("api/v1/", include("portal.api.urls")),
    path("", include("portal.roof")),
]
handler500 = "portal.broken.broken"
