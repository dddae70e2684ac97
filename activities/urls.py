from django.urls import path

from activities.views import roll, roll_add, roll_list

app_name = "activities"
urlpatterns = [
    path("rolls/", roll_list.index, name="roll-list"),
    path("bookings/<int:pk>/roll/", roll.call, name="roll-call"),
    path("bookings/<int:pk>/roll/add/", roll_add.add, name="roll-add"),
    path("bookings/<int:pk>/roll/correct/", roll.correct, name="roll-correct"),
    path("bookings/<int:pk>/roll/result/", roll.result, name="roll-result"),
]
