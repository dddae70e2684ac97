"""Pages of the roof: what spans the apps."""

from django.conf import settings
from django.urls import include, path

from portal import dashboard, design

app_name = "portal"
urlpatterns = [
    path("", dashboard.home, name="home"),
    path("", include("portal.imports.urls")),
    path("", include("portal.jobs.urls")),
    path("", include("portal.reports.urls")),
    path("", include("portal.systems.urls")),
]
if settings.DEBUG:
    urlpatterns.append(path("design/", design.parts, name="design"))
