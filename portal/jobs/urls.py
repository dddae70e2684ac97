"""Addresses of the jobs."""

from django.urls import path

from portal.jobs import views

urlpatterns = [
    path("health/", views.health, name="health"),
    path("jobs/", views.list_jobs, name="job-list"),
    path("jobs/<str:task>/run/", views.run_now, name="job-run"),
]
