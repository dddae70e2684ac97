"""Addresses of what happens."""

from django.urls import path

from activities.views import (
    booking,
    booking_request,
    catalogue,
    desk,
    programme,
    roll,
    roll_add,
    roll_list,
    series,
    session,
)

app_name = "activities"
urlpatterns = [
    path("sessions/", catalogue.session_list, name="session-list"),
    path("sessions/<int:pk>/", session.session_page, name="session-page"),
    path("sessions/<int:pk>/edit/", session.session_edit, name="session-edit"),
    path("sessions/<int:pk>/open/", session.session_open, name="session-open"),
    path("sessions/<int:pk>/cancel/", session.session_cancel, name="session-cancel"),
    path("programmes/", programme.programme_list, name="programme-list"),
    path("programmes/new/", programme.programme_create, name="programme-create"),
    path("programmes/<int:pk>/", programme.programme_page, name="programme-page"),
    path("programmes/<int:pk>/edit/", programme.programme_edit, name="programme-edit"),
    path("programmes/<int:pk>/publish/", programme.programme_publish, name="programme-publish"),
    path("programmes/<int:pk>/retire/", programme.programme_retire, name="programme-retire"),
    path("programmes/<int:pk>/sessions/new/", session.session_create, name="session-create"),
    path("programmes/<int:pk>/series/new/", series.series_create, name="series-create"),
    path("series/", series.series_list, name="series-list"),
    path("series/new/", series.series_request, name="series-request"),
    path("series/<int:pk>/", series.series_page, name="series-page"),
    path("desk/", desk.desk_page, name="booking-desk"),
    path("desk/confirm/", desk.desk_confirm, name="booking-confirm_all"),
    path("sessions/<int:pk>/book/", booking_request.booking_request, name="booking-request"),
    path("bookings/", booking.booking_list, name="booking-list"),
    path("bookings/<int:pk>/", booking.booking_page, name="booking-page"),
    path("bookings/<int:pk>/confirm/", booking.booking_confirm, name="booking-confirm"),
    path("bookings/<int:pk>/decline/", booking.booking_decline, name="booking-decline"),
    path("bookings/<int:pk>/withdraw/", booking.booking_withdraw, name="booking-withdraw"),
    path("bookings/<int:pk>/cancel/", booking.booking_cancel, name="booking-cancel"),
    path("bookings/<int:pk>/cancel-by-venue/", booking.booking_cancel_by_venue, name="booking-cancel_by_venue"),
    path("bookings/<int:pk>/cancel-no-fault/", booking.booking_cancel_no_fault, name="booking-cancel_no_fault"),
    path("bookings/<int:pk>/receive/", booking.booking_receive, name="booking-receive"),
    path("bookings/<int:pk>/miss/", booking.booking_miss, name="booking-miss"),
    path("rolls/", roll_list.index, name="roll-list"),
    path("bookings/<int:pk>/roll/", roll.call, name="roll-call"),
    path("bookings/<int:pk>/roll/add/", roll_add.add, name="roll-add"),
    path("bookings/<int:pk>/roll/correct/", roll.correct, name="roll-correct"),
    path("bookings/<int:pk>/roll/result/", roll.result, name="roll-result"),
]
