"""Pages of the figures; portal/urls.py mounts them under the namespace of the roof."""

from django.urls import path

from portal.reports import views

urlpatterns = [
    path("reports/", views.live, name="report-live"),
    path("reports/terms/<int:pk>/", views.term, name="report-term"),
    path("reports/figures/<slug:code>/", views.figure_rows, name="figure-rows"),
    path("reports/export.csv", views.export, {"kind": "csv"}, name="report-csv"),
    path("reports/export.xlsx", views.export, {"kind": "xlsx"}, name="report-xlsx"),
]
