"""What pages of venues show: titles with what is left of them, listings with each office's decision."""

from collections import defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as _

from partnerships import directory, distance, listings
from partnerships.models import CalendarDay, Listing, Recognition, Review, Venue
from people import thresholds
from people.actors import Actor
from people.models import Organisation
from people.thresholds import Values
from portal.lib import clock, wording


@dataclass(frozen=True)
class Title:
    """A title and its badge: ends within the district's days, has ended, or nothing to say."""

    recognition: Recognition
    badge: tuple[str, str, str] | None


def _title(recognition: Recognition, days: int) -> Title:
    today = clock.today()
    if recognition.ends_on is None:
        return Title(recognition, None)
    left = (recognition.ends_on - today).days
    if left <= 0:
        return Title(recognition, (_("expired"), "red", "none"))
    if left <= days:
        return Title(recognition, (_("ends within %(n)s days") % {"n": days}, "turn", "half"))
    return Title(recognition, None)


def titles_of(venue: Venue, actor: Actor) -> list[Title]:
    days = thresholds.of(actor.district_id)["recognition_warning_days"]
    return [_title(row, days) for row in Recognition.objects.filter(venue=venue)]


def with_titles(venues: list[Venue], actor: Actor, values: Values) -> None:
    """Hang `titles` and, for the reader's district, `listing` on each venue: two queries however many."""
    days = values["recognition_warning_days"]
    keys = [venue.pk for venue in venues]
    titles = defaultdict(list)
    for row in Recognition.objects.filter(venue__in=keys):
        titles[row.venue_id].append(_title(row, days))
    own = Listing.objects.visible_to(actor).filter(organisation__in=keys)
    by_venue = {listing.organisation_id: listing for listing in own}
    for venue in venues:
        venue.titles = titles[venue.pk]  # type: ignore[attr-defined]
        venue.listing = by_venue.get(venue.pk)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Way:
    """How far the venue is from one site of the reader's school, and how long the bus takes."""

    name: str
    metres: int | None
    minutes: int | None
    is_sample: bool


def ways_to(venue: Venue, actor: Actor) -> list[Way]:
    """From every site of the reader's own school; nothing for hats that belong to none."""
    if not actor.is_school:
        return []
    values = thresholds.of(actor.district_id)
    there = directory.position_of(venue)
    ways = []
    for start in directory.starts_of(actor):
        metres = distance.metres(start.position, there, values)
        is_sample = start.position.is_sample or venue.position_is_sample
        ways.append(Way(start.name, metres, distance.minutes(metres, values), is_sample and metres is not None))
    return ways


def registration(venue: Venue) -> list[tuple[str, object]]:
    """The fields of a base's application form, by their labels."""
    rows: list[tuple[str, object]] = [
        (_("Opening hours"), venue.opening_hours),
        (_("Closing days"), weekdays_in_words(venue.closing_weekdays)),
        (_("Unified social credit code"), venue.organisation.credit_code),
    ]
    names = (
        "contact_phone", "applicant", "building_area", "display_area", "full_time_staff",
        "part_time_staff", "visits_per_year", "open_days_per_year", "spending", "remark",
    )  # fmt: skip
    for name in names:
        value = getattr(venue, name)
        label = str(Venue._meta.get_field(name).verbose_name)
        rows.append((label[:1].upper() + label[1:], wording.number(value) if isinstance(value, int) else value))
    return rows


def weekdays_in_words(days: list[int]) -> str:
    """周二、周三 / Tuesday, Wednesday"""
    names = dict(CalendarDay.Weekday.choices)
    return wording.listed([str(names[day]) for day in sorted(days)])


@dataclass(frozen=True)
class Reviewed:
    """A listing with its present round: which office said what, and who has yet to speak."""

    listing: Listing
    reviews: list[Review]
    waiting: list[Organisation]
    is_mine: bool


def listings_of(venue: Venue, actor: Actor) -> list[Reviewed]:
    """The venue's listings that this hat sees."""
    rows = []
    for listing in Listing.objects.visible_to(actor).filter(organisation_id=venue.pk):
        waiting = list(listings.waiting_offices(listing)) if listing.state == Listing.State.APPLIED else []
        reviews = list(Review.objects.of_round(listing))
        rows.append(
            Reviewed(
                listing,
                reviews,
                waiting,
                _is_mine(waiting, reviews, actor),
            )
        )
    return rows


def _is_mine(waiting: list[Organisation], reviews: list[Review], actor: Actor) -> bool:
    """Whether this hat's office has yet to decide, and the person has not done so in another hat."""
    open_ones = {office.pk for office in waiting}
    return actor.is_office and actor.organisation_id in open_ones and all(r.reviewed_by != actor.user for r in reviews)
