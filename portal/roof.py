"""Pages of the roof: what spans the apps."""

from django.urls import include, path

app_name = "portal"
urlpatterns = [
    path("", include("portal.reports.urls")),
]
