"""Terms, schools, pupils, venues and agreements. Everything not said is invented and unique.

place = a_district()                       # with its bureau
school = a_school(place, pilot=True)
venue = a_venue(listed_in=[place])
agreement = an_agreement(venue, [school])  # filed and in force
"""

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from partnerships import agreement_life, agreements, calendar, listings, schools, vice_principals
from partnerships.models import (
    ActivityGroup,
    Agreement,
    Enrolment,
    Listing,
    Review,
    School,
    SchoolClass,
    Student,
    StudentIdentity,
    Term,
    Venue,
    VicePrincipal,
)
from people.actors import SYSTEM, Person
from people.models import District, Organisation
from people.roles import Role
from portal.lib import clock
from tests.factories import people

numbers = itertools.count(1)
PDF = b"%PDF-1.4 scan of a sealed original"


def a_district(*, offices: int = 1, **fields: Any) -> District:
    """A district with its bureau and, with `offices=2`, a partner office."""
    district = people.district(**fields)
    people.bureau(district)
    if offices > 1:
        people.partner_office(district)
    return district


def bureau_of(district: District) -> Organisation:
    return Organisation.objects.get(district=district, kind=Organisation.Kind.BUREAU)


def officer_of(district: District) -> Person:
    """A bureau officer of the district, new each time."""
    return people.actor(people.hat(Role.BUREAU_OFFICER, at=bureau_of(district)))


def lead_of(side: School | Venue) -> Person:
    """A lead of a school or venue, new each time."""
    role = Role.SCHOOL_LEAD if isinstance(side, School) else Role.VENUE_LEAD
    return people.actor(people.hat(role, at=side.organisation))


def a_term(district: District, *, starts_on: dt.date | None = None, weeks: int = 20, **fields: Any) -> Term:
    """A term that began six weeks ago on a Monday, unless said, with its calendar days."""
    today = clock.today()
    starts_on = starts_on or today - dt.timedelta(days=today.weekday(), weeks=6)
    return calendar.open_term(
        district,
        by=SYSTEM,
        starts_on=starts_on,
        ends_on=starts_on + dt.timedelta(weeks=weeks),
        **{"school_year": starts_on.year, "half": 1} | fields,
    )


def a_school(district: District | None = None, *, pilot: bool = False, **fields: Any) -> School:
    """A primary school; with `pilot`, a credit pilot for a year already."""
    organisation = people.organisation("school", of=district)
    school = School.objects.create(organisation=organisation, **{"stage": "primary"} | fields)
    if pilot:
        schools.start_pilot(school, by=SYSTEM, starts_on=clock.today() - dt.timedelta(days=365))
    return school


def a_class(school: School, *, grade: int = 5, number: int = 1, pupils: int = 0) -> SchoolClass:
    """A class that is in `grade` (1–9) today, with enrolled pupils without names."""
    stage, first = ("primary", 1) if grade < 7 else ("junior", 7)
    today = clock.today()
    entry = (today.year if today.month >= 9 else today.year - 1) - (grade - first)
    school_class = SchoolClass.objects.create(school=school, stage=stage, entry_year=entry, number=number)
    for _each in range(pupils):
        a_student(school, school_class)
    return school_class


def a_student(school: School, school_class: SchoolClass | None = None, *, name: str = "", number: str = "") -> Student:
    """A pupil, enrolled since 1 September of the class's entry; named only when `name` is given."""
    student = Student.objects.create(school=school)
    if school_class is not None:
        Enrolment.objects.create(
            student=student, school_class=school_class, starts_on=dt.date(school_class.entry_year, 9, 1)
        )
    if name:
        identity = StudentIdentity(student=student, school=school, consent="given", consented_on=clock.today())
        identity.set_name(name)
        identity.set_number(number or str(next(numbers)))
        identity.save()
    return student


def a_group(school: School, students: Iterable[Student] = (), **fields: Any) -> ActivityGroup:
    """An activity group from a month ago until in four months."""
    today = clock.today()
    return schools.add_group(
        school,
        by=SYSTEM,
        students=students,
        **{
            "name": f"示例社团{next(numbers)}",
            "starts_on": today - dt.timedelta(days=30),
            "ends_on": today + dt.timedelta(days=120),
        }
        | fields,
    )


def a_venue(*, listed_in: Iterable[District] = (), **fields: Any) -> Venue:
    """A venue, approved by every office of the districts in `listed_in`."""
    organisation = people.organisation("venue")
    venue = Venue.objects.create(organisation=organisation, **{"kind": "science_museum"} | fields)
    for district in listed_in:
        a_listing(venue, district)
    return venue


def a_listing(venue: Venue, district: District) -> Listing:
    """Proposed and approved by every reviewing office."""
    listing = listings.propose(venue.organisation, by=SYSTEM, district=district)
    for office in listings.offices_of(district):
        role = Role.BUREAU_OFFICER if office.kind == "bureau" else Role.PARTNER_OFFICER
        reviewer = people.actor(people.hat(role, at=office))
        listing = listings.review(listing, by=reviewer, verdict=Review.Verdict.APPROVE, reason="符合条件")
    return listing


def terms_of_agreement(**fields: Any) -> dict[str, Any]:
    """Title, areas and three years around today, for `agreements.draft` and its kin."""
    today = clock.today()
    return {
        "title": f"示例合作协议{next(numbers)}",
        "areas": ["activities"],
        "starts_on": today - dt.timedelta(days=60),
        "ends_on": today + dt.timedelta(days=700),
    } | fields


def a_draft(venue: Venue, schools_: Sequence[School], **fields: Any) -> Agreement:
    """A draft written by the venue."""
    return agreements.draft(
        venue,
        by=fields.pop("by", None) or lead_of(venue),
        district=schools_[0].organisation.district,
        schools=schools_,
        **terms_of_agreement(**fields),
    )


def an_agreement(venue: Venue, schools_: Sequence[School], **fields: Any) -> Agreement:
    """A filed agreement, registered from paper: in force today unless the dates say otherwise."""
    district = schools_[0].organisation.district
    return agreement_life.register(
        venue,
        by=officer_of(district),
        district=district,
        schools=schools_,
        **{"signed_on": clock.today() - dt.timedelta(days=60), "scan": PDF, "file_name": "协议.pdf"}
        | terms_of_agreement(**fields),
    )


def a_candidate(school: School, **fields: Any) -> VicePrincipal:
    """Somebody proposed as science vice-principal: 林知远 of 示例研究院 unless told otherwise."""
    return vice_principals.propose(school, by=SYSTEM, **{"name": "林知远", "employer": "示例研究院"} | fields)


def a_vice_principal(
    school: School, *, starts_on: dt.date | None = None, appointed: bool = True, **fields: Any
) -> VicePrincipal:
    """Trained and agreed to by the employer; in office from today unless told otherwise."""
    post = a_candidate(school, **fields)
    vice_principals.add_training(post, by=SYSTEM, hours=post.hours_required)
    vice_principals.give_consent(post, by=SYSTEM, content=PDF, file_name="同意函.pdf")
    if appointed:
        vice_principals.appoint(post, by=SYSTEM, starts_on=starts_on or clock.today())
    return post


def upload(name: str, content: bytes = PDF) -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, content)
