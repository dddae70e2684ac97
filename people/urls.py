"""The pages of people under their own nouns."""

from django.urls import path

from people.views import hats, notices

app_name = "people"
urlpatterns = [
    path("hats/switch/", hats.switch, name="hat-switch"),
    path("notices/", notices.inbox, name="notice-list"),
    path("notices/read/", notices.read_all, name="notice-read-all"),
    path("notices/<int:pk>/open/", notices.open_one, name="notice-open"),
]
