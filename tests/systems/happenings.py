"""Something that happened, for those who follow."""

from people import events


class Row:
    """Something that happened, as far as an event is concerned."""

    def __init__(self, district, pk=7):
        self.pk, self.district = pk, district

    def district_ids(self):
        return {self.district.pk}


def happens(system, code="booking.confirmed", pk=7):
    events.tell(code, Row(system.district, pk), districts=[system.district.pk])
