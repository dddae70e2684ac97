"""Pages of the figures and reports; portal/urls.py mounts them under the namespace of the roof."""

from django.urls import path

from portal.reports import filed_views, views

urlpatterns = [
    path("reports/", views.live, name="report-live"),
    path("reports/terms/<int:pk>/", views.term, name="report-term"),
    path("reports/terms/<int:pk>/draft/", filed_views.plan, name="report-plan"),
    path("reports/figures/<slug:code>/", views.figure_rows, name="figure-rows"),
    path("reports/export.csv", views.export, {"kind": "csv"}, name="report-csv"),
    path("reports/export.xlsx", views.export, {"kind": "xlsx"}, name="report-xlsx"),
    path("reports/all/", filed_views.listed, name="report-list"),
    path("reports/<int:pk>/", filed_views.page, name="report-page"),
    path("reports/<int:pk>/figures/<slug:code>/", filed_views.figure, name="report-rows"),
    path("reports/<int:pk>/files/<str:name>", filed_views.file, name="report-file"),
    path("reports/<int:pk>/originals/<str:name>", filed_views.original, name="report-original"),
    path("reports/<int:pk>/answer/", filed_views.answer, name="report-answer"),
    path("reports/<int:pk>/again/", filed_views.again, name="report-again"),
    path("reports/<int:pk>/publish/", filed_views.publish, name="report-publish"),
]
