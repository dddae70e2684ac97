"""What people are told about sessions and bookings."""

from django.utils.translation import gettext_lazy as _

from people.notices import declare

declare(
    "booking.requested",
    _("%(school)s asks for %(seats)s places"),
    _("%(programme)s, %(when)s. Confirm or decline the booking."),
    duty=True,
)
declare(
    "booking.confirmed",
    _("Booked: %(programme)s"),
    _("%(pupils)s pupils, %(when)s. Receipt %(number)s."),
)
declare(
    "booking.declined",
    _("The venue declined: %(programme)s"),
    _("%(when)s. Reason: %(reason)s"),
)
declare(
    "booking.cancelled",
    _("%(school)s cancelled its booking"),
    _("%(programme)s, %(when)s. %(seats)s places are free again."),
)
declare(
    "booking.cancelled_by_venue",
    _("The venue cancelled: %(programme)s"),
    _("%(when)s. Reason: %(reason)s Please choose another date."),
    duty=True,
)
declare(
    "booking.cancelled_no_fault",
    _("Cancelled, nobody at fault: %(programme)s"),
    _("%(when)s. Reason: %(reason)s No mark for either side."),
)
declare(
    "booking.no_show",
    _("The venue recorded a no-show: %(programme)s"),
    _("%(when)s. If that is wrong, tell the venue."),
)
declare(
    "booking.leader",
    _("You lead a group: %(programme)s"),
    _("%(pupils)s pupils, %(when)s. You call the roll on that day."),
)
