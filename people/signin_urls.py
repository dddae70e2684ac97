"""The pages of allauth that the house uses."""

from django.urls import include, path

urlpatterns = [path("", include("allauth.urls"))]
