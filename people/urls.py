from django.urls import path

from people.views import hats

app_name = "people"
urlpatterns = [path("hats/switch/", hats.switch, name="hat-switch")]
