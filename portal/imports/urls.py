"""Addresses of imports, below portal:."""

from django.urls import path

from portal.imports import preview_views, views

urlpatterns = [
    path("imports/", views.import_list, name="import-list"),
    path("imports/board/", views.import_board, name="import-board"),
    path("imports/new/<slug:kind>/", views.import_new, name="import-new"),
    path("imports/template/<slug:kind>.xlsx", views.import_template, name="import-template"),
    path("imports/runs/<int:pk>/", views.import_run, name="import-run"),
    path("imports/<int:pk>/", preview_views.import_page, name="import-page"),
    path("imports/<int:pk>/write/", preview_views.import_write, name="import-write"),
    path("imports/<int:pk>/ask/", views.import_ask, name="import-ask"),
    path("imports/<int:pk>/drop/", views.import_drop, name="import-drop"),
]
