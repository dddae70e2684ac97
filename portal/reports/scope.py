"""What a report is about: whose activities, between which days."""

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from activities.models import THERE, Booking, Exemption, RollEntry, Session
from credits.models import Entry, Result
from partnerships.models import Agreement, AgreementParty, Listing, School, Student, Term
from portal.lib import clock

# How a confirmed booking ends. What nobody is to blame for (weather, closure) counts on neither side.
ENDED = (
    Booking.State.ATTENDED,
    Booking.State.NO_SHOW,
    Booking.State.CANCELLED,
    Booking.State.CANCELLED_LATE,
    Booking.State.CANCELLED_BY_VENUE,
)


def instant(day: dt.date) -> dt.datetime:
    """Local midnight at which a day begins."""
    return clock.moment(day)


@dataclass(frozen=True)
class Scope:
    """A district, a school or a venue, from `starts_on` until before `ends_on` (local dates).

    A venue's scope has no district: it counts the groups of all districts that came to it.
    `stage`, `street` and `cluster` narrow the schools of a district.
    """

    starts_on: dt.date
    ends_on: dt.date
    district_id: int | None = None
    school_id: int | None = None
    venue_id: int | None = None
    stage: str = ""
    street: str = ""
    cluster: str = ""
    counted_until: dt.date | None = None  # the last day counted, where a report has fixed it

    @property
    def kind(self) -> str:
        return "school" if self.school_id else "venue" if self.venue_id else "district"

    @property
    def as_of(self) -> dt.date:
        """The last day that can have been counted: the end of the scope, or today while it runs."""
        return self.counted_until or min(self.ends_on - dt.timedelta(days=1), clock.today())

    def over(self, term: Term) -> "Scope":
        """The same scope over the days of another term."""
        return replace(self, starts_on=term.starts_on, ends_on=term.ends_on, counted_until=None)

    @cached_property
    def instants(self) -> tuple[dt.datetime, dt.datetime]:
        return instant(self.starts_on), instant(self.ends_on)

    @cached_property
    def schools(self) -> QuerySet[School]:
        """The schools that a coverage figure divides by."""
        rows = School.objects.filter(organisation__district_id=self.district_id)
        if self.school_id:
            rows = rows.filter(pk=self.school_id)
        return rows.filter(**self._narrowed)

    def _came(self, path: str) -> Q:
        """The condition, along `path` to a booking, that its roll was sent and that it belongs here."""
        return self._belongs(path) & Q(**{f"{path}state": Booking.State.ATTENDED})

    def _belongs(self, path: str) -> Q:
        """The condition, along `path` to a booking, that it belongs here by its day, school and host.

        Joins, not nested subqueries: the planner needs no statistics to do well with them.
        """
        begins, ends = self.instants
        said = {
            "session__starts_at__gte": begins,
            "session__starts_at__lt": ends,
            "session__provider_id": self.venue_id,
            "district_id": self.district_id,
            "school_id": self.school_id,
            **{f"school__{field}": value for field, value in self._narrowed.items()},
        }
        return Q(**{f"{path}{field}": value for field, value in said.items() if value is not None})

    @property
    def _narrowed(self) -> dict[str, str]:
        return {field: value for field in ("stage", "street", "cluster") if (value := getattr(self, field))}

    @cached_property
    def bookings(self) -> QuerySet[Booking]:
        """Groups that came: bookings whose roll was sent, by the day on which their session began."""
        return Booking.objects.filter(self._came(""))

    @cached_property
    def promised(self) -> QuerySet[Booking]:
        """Bookings that a venue had confirmed, by how they ended: attended, missed, cancelled by either side."""
        return Booking.objects.filter(self._belongs(""), session__school__isnull=True, state__in=ENDED)

    @cached_property
    def exemptions(self) -> QuerySet[Exemption]:
        """Exceptions from rules that were asked for, by the day of their session; to a venue only from its own rules."""
        rows = Exemption.objects.filter(self._belongs(""))
        return rows.filter(owner_id=self.venue_id) if self.venue_id else rows

    @cached_property
    def exemptions_by_rule(self) -> dict[tuple[str, str], int]:
        """How many of them there are by code of the rule and state: one query for all entries of the catalogue."""
        counted = self.exemptions.order_by().values_list("code", "state").annotate(n=Count("pk"))
        return {(code, state): n for code, state, n in counted}

    @cached_property
    def sessions(self) -> QuerySet[Session]:
        """Sessions that at least one group of the scope attended."""
        return Session.objects.filter(pk__in=self.bookings.values("session_id"))

    @cached_property
    def announced(self) -> QuerySet[Session]:
        """Family sessions to which families came through the venue's own channel; none where schools are narrowed."""
        begins, ends = self.instants
        rows = Session.objects.open().exclude(channel="").filter(starts_at__gte=begins, starts_at__lt=ends)
        rows = rows.filter(ends_at__lte=clock.now())
        if self.venue_id:
            return rows.filter(provider=self.venue_id)
        if self.school_id or self._narrowed:
            return rows.none()
        listed = Listing.objects.listed().filter(district_id=self.district_id)
        return rows.filter(provider__in=listed.values("organisation"))

    @cached_property
    def roll(self) -> QuerySet[RollEntry]:
        """Pupils on a roll by name who were there."""
        return RollEntry.objects.there().filter(self._came("booking__"))

    @cached_property
    def on_roll(self) -> int:
        """Pupil visits by roster."""
        return self.roll.count()

    @cached_property
    def heads(self) -> int:
        """Pupil visits by head count."""
        return self.bookings.aggregate(heads=Coalesce(Sum("attended"), 0))["heads"]

    @cached_property
    def distinct_pupils(self) -> int:
        """Different pupils on the rolls."""
        return self.roll.aggregate(pupils=Count("student", distinct=True))["pupils"]

    def _resulted(self, path: str) -> Q:
        """The condition, along `path` to a result, that it is confirmed and belongs here by its day and school. A venue
        has no part in one."""
        if self.venue_id:
            return Q(pk__in=[])
        said = {
            "state": Result.State.CONFIRMED,
            "happened_on__gte": self.starts_on,
            "happened_on__lt": self.ends_on,
            "district_id": self.district_id,
            "school_id": self.school_id,
            **{f"school__{field}": value for field, value in self._narrowed.items()},
        }
        return Q(**{f"{path}{field}": value for field, value in said.items() if value is not None})

    @cached_property
    def results(self) -> QuerySet[Result]:
        """Confirmed competitions, projects and club terms."""
        return Result.objects.filter(self._resulted(""))

    @cached_property
    def participants(self) -> int:
        """Different pupils on the rolls or with a result."""
        return Student.objects.filter(
            Q(pk__in=self.roll.order_by().values("student")) | Q(pk__in=self.results.order_by().values("student"))
        ).count()

    @cached_property
    def entries(self) -> QuerySet[Entry]:
        """Standing credit entries for what happened in the scope: on a roll, or as a result."""
        by_roll = self._came("roll_entry__booking__") & Q(roll_entry__mark__in=THERE)
        return Entry.objects.standing().filter(by_roll | self._resulted("result__"))

    @cached_property
    def agreements(self) -> QuerySet[Agreement]:
        """Agreements in force on the last day counted, that a school or the venue of the scope has signed."""
        rows = Agreement.objects.in_force(self.as_of)
        if self.venue_id:
            rows = rows.filter(venue_id=self.venue_id)
        if self.district_id:
            signed = AgreementParty.objects.standing(self.as_of).filter(organisation_id__in=self.schools.values("pk"))
            rows = rows.filter(district_id=self.district_id, pk__in=signed.values("agreement_id"))
        return rows
