"""Terms and the days of the school calendar."""

import django_filters as filters

from partnerships.models import CalendarDay, Term
from people.roles import Permission
from portal.api.base import Resource
from portal.api.needs import Need
from portal.api.shapes import Shape


class TermShape(Shape):
    class Meta:
        model = Term
        fields = ("id", "district", "school_year", "half", "starts_on", "ends_on")


class TermFilter(filters.FilterSet):
    on = filters.DateFilter(method="by_day", label="The term that holds this day.")

    class Meta:
        model = Term
        fields = ("school_year", "half")

    def by_day(self, rows, name, day):
        return rows.on(day)


class Terms(Resource):
    """Terms 学期. `ends_on` is the first day after; `school_year` is the year in which it begins."""

    rows = Term.objects.all()
    serializer_class = TermShape
    filterset_class = TermFilter
    needs = dict.fromkeys(("list", "retrieve"), Need("terms:read", Permission.CALENDAR_SEE))


class DayShape(Shape):
    class Meta:
        model = CalendarDay
        fields = ("id", "district", "date", "is_workday", "is_teaching", "follows_weekday", "source", "note")


class DayFilter(filters.FilterSet):
    since = filters.DateFilter(field_name="date", lookup_expr="gte")
    until = filters.DateFilter(field_name="date", lookup_expr="lte")

    class Meta:
        model = CalendarDay
        fields = ("date", "is_workday", "is_teaching")


class Days(Resource):
    """Every day of the district's calendar: whether people work, whether it is taught, whose timetable it follows."""

    rows = CalendarDay.objects.all()
    serializer_class = DayShape
    filterset_class = DayFilter
    needs = dict.fromkeys(("list", "retrieve"), Need("terms:read", Permission.CALENDAR_SEE))
