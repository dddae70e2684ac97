"""Every constraint and trigger of the app, broken by raw SQL past every verb."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from partnerships import identities, venues
from partnerships.agreements import Promise
from partnerships.models import (
    Agreement,
    CalendarDay,
    Campus,
    Commitment,
    CreditPilot,
    Enrolment,
    GroupMember,
    Hall,
    Listing,
    Recognition,
    Review,
    RosterChange,
    Scan,
    Slot,
)
from people.actors import SYSTEM
from portal.lib import clock
from tests.factories import partnerships as make

pytestmark = pytest.mark.django_db
P = "partnerships_"


@pytest.fixture(scope="module")
def rows(django_db_setup, django_db_blocker):
    """One row of everything, made once and rolled back after the last statement."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield everything()
        transaction.set_rollback(True)


@pytest.fixture
def world(rows, db):
    return dict(rows)


def everything():
    """The keys of the rows by the names that the statements below use."""
    today = clock.today()
    district = make.a_district()
    term = make.a_term(district)
    school = make.a_school(district, pilot=True)
    school_class = make.a_class(school)
    student = make.a_student(school, school_class, name="陈小诺", number="1")
    group = make.a_group(school, [student])
    venue = make.a_venue(listed_in=[district])
    promise = Promise(venue.pk, term, "visits", 16, is_ceiling=True)
    agreement = make.an_agreement(venue, [school], promises=[promise])
    draft = make.a_draft(venue, [school])
    identities.look([student.pk], by=make.lead_of(school), school=school, purpose="roster")
    change = RosterChange.objects.create(
        school=school, kind="leave", state="done", source=school_class, day=today, done_at=clock.now()
    )
    RosterChange.objects.update(follows=change)
    return {
        "district": district.pk,
        "term": term.pk,
        "day": CalendarDay.objects.filter(district=district, is_teaching=False).first().pk,
        "school": school.pk,
        "class": school_class.pk,
        "student": student.pk,
        "other": make.a_student(school, name="李敏", number="2").pk,
        "group": group.pk,
        "member": GroupMember.objects.get().pk,
        "enrolment": Enrolment.objects.get().pk,
        "pilot": CreditPilot.objects.get().pk,
        "campus": Campus.objects.create(school=school, name="东校区").pk,
        "change": change.pk,
        "slot": Slot.objects.create(school=school, weekday=1, starts=dt.time(16), ends=dt.time(17)).pk,
        "venue": venue.pk,
        "hall": Hall.objects.create(venue=venue, name="一层", heads=100).pk,
        "rules": venues.set_rules(venue, by=SYSTEM, starts_on=today).pk,
        "title": Recognition.objects.create(venue=venue, title="基地", starts_on=today).pk,
        "listing": Listing.objects.get().pk,
        "review": Review.objects.get().pk,
        "scan": Scan.objects.get().pk,
        "agreement": agreement.pk,
        "draft": draft.pk,
        "version": draft.current_version_id,
        "frozen": agreement.current_version_id,
        "party": agreement.parties.first().pk,
        "open_party": draft.parties.first().pk,
        "commitment": Commitment.objects.get().pk,
    }


def executed(statement, world):
    """Run the statement, then look at the deferred constraints.

    `copy table row column=value …` inserts a copy of that row of the world with some columns changed.
    """
    with connection.cursor() as cursor:
        if statement.startswith("copy "):
            _copy, table, row, *changes = statement.split(" ")
            changed = dict(change.split("=", 1) for change in changes)
            table = P + table
            cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
            columns = [name for (name,) in cursor.fetchall()]
            key = "student_id" if table.endswith("identity") else "id"
            names = [name for name in columns if name != "id"]
            values = ", ".join(changed.get(name, name) for name in names)
            statement = f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} WHERE {key} = {{{row}}}"
        filled = statement.format(**{name: f"'{pk}'" for name, pk in world.items()}, P=P)
        cursor.execute(filled)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("copy term term starts_on=ends_on ends_on=ends_on+9", marks=pytest.mark.guards("term_once")),
        pytest.param("UPDATE {P}term SET ends_on = starts_on", marks=pytest.mark.guards("term_ends_after_start")),
        pytest.param("copy term term half=2", marks=pytest.mark.guards("term_no_overlap")),
        pytest.param("copy calendarday day", marks=pytest.mark.guards("calendar_day_once")),
        pytest.param(
            "UPDATE {P}calendarday SET follows_weekday = 3 WHERE id = {day}",
            marks=pytest.mark.guards("calendar_day_follows_if_teaching"),
        ),
        pytest.param("copy campus campus", marks=pytest.mark.guards("campus_once")),
        pytest.param("UPDATE {P}campus SET latitude = 22.7", marks=pytest.mark.guards("campus_position")),
        pytest.param("UPDATE {P}school SET longitude = 113.9", marks=pytest.mark.guards("school_position")),
        pytest.param("UPDATE {P}rosterchange SET done_at = NULL", marks=pytest.mark.guards("roster_change_done_whole")),
        pytest.param(
            "UPDATE {P}rosterchange SET is_braked = true", marks=pytest.mark.guards("roster_change_brake_two_people")
        ),
        pytest.param("copy rosterchange change", marks=pytest.mark.guards("roster_change_taken_in_once")),
        pytest.param("copy slot slot", marks=pytest.mark.guards("slot_once")),
        pytest.param("UPDATE {P}slot SET ends = starts", marks=pytest.mark.guards("slot_ends_after_start")),
        pytest.param("UPDATE {P}slot SET weekday = 8", marks=pytest.mark.guards("slot_weekday")),
        pytest.param(
            "UPDATE {P}creditpilot SET ends_on = starts_on", marks=pytest.mark.guards("credit_pilot_ends_after_start")
        ),
        pytest.param(
            "copy creditpilot pilot starts_on=starts_on+1", marks=pytest.mark.guards("credit_pilot_no_overlap")
        ),
        pytest.param("copy schoolclass class", marks=pytest.mark.guards("school_class_once")),
        pytest.param("UPDATE {P}schoolclass SET number = 0", marks=pytest.mark.guards("school_class_plausible")),
        pytest.param("copy activitygroup group", marks=pytest.mark.guards("activity_group_once")),
        pytest.param(
            "UPDATE {P}activitygroup SET ends_on = starts_on",
            marks=pytest.mark.guards("activity_group_ends_after_start"),
        ),
        pytest.param(
            "UPDATE {P}groupmember SET ends_on = starts_on", marks=pytest.mark.guards("group_member_ends_after_start")
        ),
        pytest.param("copy groupmember member starts_on=starts_on+1", marks=pytest.mark.guards("group_member_once")),
        pytest.param(
            "UPDATE {P}enrolment SET ends_on = starts_on", marks=pytest.mark.guards("enrolment_ends_after_start")
        ),
        pytest.param(
            "copy enrolment enrolment starts_on=starts_on+1", marks=pytest.mark.guards("enrolment_one_class_at_a_time")
        ),
        pytest.param(
            "UPDATE {P}studentidentity SET number_mac = (SELECT number_mac FROM {P}studentidentity"
            " WHERE student_id = {other}) WHERE student_id = {student}",
            marks=pytest.mark.guards("student_number_once"),
        ),
        pytest.param(
            "UPDATE {P}studentidentity SET consent = 'refused'", marks=pytest.mark.guards("identity_needs_consent")
        ),
        pytest.param(
            "UPDATE {P}studentidentity SET number_mac = NULL", marks=pytest.mark.guards("identity_number_whole")
        ),
        pytest.param(
            "UPDATE {P}identitylook SET purpose = 'group'",
            marks=pytest.mark.guards("partnerships_identitylook_append_only"),
        ),
        pytest.param("UPDATE {P}venue SET position_is_sample = true", marks=pytest.mark.guards("venue_position")),
        pytest.param("UPDATE {P}venue SET facilities = '{{helipad}}'", marks=pytest.mark.guards("venue_facilities")),
        pytest.param("UPDATE {P}venue SET open_days_per_year = 367", marks=pytest.mark.guards("venue_open_days")),
        pytest.param(
            "UPDATE {P}venue SET building_area = 1, display_area = 2",
            marks=pytest.mark.guards("venue_display_within_building"),
        ),
        pytest.param("copy hall hall", marks=pytest.mark.guards("hall_once")),
        pytest.param("UPDATE {P}hall SET heads = 0", marks=pytest.mark.guards("hall_heads")),
        pytest.param("copy bookingrules rules", marks=pytest.mark.guards("booking_rules_once_a_day")),
        pytest.param(
            "UPDATE {P}bookingrules SET smallest_group = 999", marks=pytest.mark.guards("booking_rules_group_sizes")
        ),
        pytest.param("UPDATE {P}bookingrules SET lead_days = 999", marks=pytest.mark.guards("booking_rules_window")),
        pytest.param(
            "UPDATE {P}bookingrules SET pupils_per_adult = 21", marks=pytest.mark.guards("booking_rules_adults")
        ),
        pytest.param(
            "UPDATE {P}bookingrules SET weekdays = '{{}}'", marks=pytest.mark.guards("booking_rules_weekdays")
        ),
        pytest.param("copy listing listing", marks=pytest.mark.guards("listing_once")),
        pytest.param("UPDATE {P}listing SET listed_on = NULL", marks=pytest.mark.guards("listing_has_date")),
        pytest.param("UPDATE {P}listing SET round = 2", marks=pytest.mark.guards("listing_approved_by_every_office")),
        pytest.param("copy review review", marks=pytest.mark.guards("review_once_a_round")),
        pytest.param("copy review review round=2 reason=''", marks=pytest.mark.guards("review_has_reason")),
        pytest.param("DELETE FROM {P}review", marks=pytest.mark.guards("partnerships_review_append_only")),
        pytest.param(
            "UPDATE {P}recognition SET ends_on = starts_on", marks=pytest.mark.guards("recognition_ends_after_start")
        ),
        pytest.param("copy recognition title starts_on=NULL", marks=pytest.mark.guards("recognition_no_overlap")),
        pytest.param("UPDATE {P}scan SET size = 0", marks=pytest.mark.guards("partnerships_scan_append_only")),
        pytest.param("copy agreement agreement", marks=pytest.mark.guards("agreement_number_once")),
        pytest.param(
            "UPDATE {P}agreement SET ends_on = starts_on", marks=pytest.mark.guards("agreement_ends_after_start")
        ),
        pytest.param(
            "UPDATE {P}agreement SET number = 'x' WHERE id = {draft}", marks=pytest.mark.guards("agreement_filed_whole")
        ),
        pytest.param(
            "UPDATE {P}agreement SET filed_at = NULL, filed_by_id = NULL, number = NULL WHERE id = {agreement}",
            marks=pytest.mark.guards("agreement_lives_after_filing"),
        ),
        pytest.param(
            "UPDATE {P}agreement SET state = 'suspended' WHERE id = {agreement}",
            marks=pytest.mark.guards("agreement_suspended_dated"),
        ),
        pytest.param(
            "UPDATE {P}agreement SET state = 'terminated' WHERE id = {agreement}",
            marks=pytest.mark.guards("agreement_terminated_dated"),
        ),
        pytest.param(
            "UPDATE {P}agreement SET successor_id = id", marks=pytest.mark.guards("agreement_not_its_own_successor")
        ),
        pytest.param("copy agreementversion version", marks=pytest.mark.guards("agreement_version_once")),
        pytest.param(
            "UPDATE {P}agreementversion SET sha256 = 'x' WHERE id = {version}",
            marks=pytest.mark.guards("agreement_version_frozen_whole"),
        ),
        pytest.param(
            "UPDATE {P}agreementversion SET text = 'x' WHERE id = {frozen}",
            marks=pytest.mark.guards("agreement_version_frozen"),
        ),
        pytest.param("copy agreementparty open_party position=7", marks=pytest.mark.guards("agreement_party_once")),
        pytest.param(
            "copy agreementparty open_party organisation_id={group_organisation}",
            marks=pytest.mark.guards("agreement_party_position_once"),
        ),
        pytest.param(
            "UPDATE {P}agreementparty SET how = '' WHERE id = {party}",
            marks=pytest.mark.guards("agreement_party_signed_whole"),
        ),
        pytest.param(
            "UPDATE {P}agreementparty SET state = 'signed' WHERE id = {open_party}",
            marks=pytest.mark.guards("agreement_party_signed_has_signature"),
        ),
        pytest.param(
            "UPDATE {P}agreementparty SET state = 'agreed' WHERE id = {party}",
            marks=pytest.mark.guards("agreement_party_open_has_none"),
        ),
        pytest.param(
            "UPDATE {P}agreementparty SET how = 'scan' WHERE id = {party}",
            marks=pytest.mark.guards("agreement_party_scan_present"),
        ),
        pytest.param(
            "UPDATE {P}agreementparty SET state = 'left' WHERE id = {party}",
            marks=pytest.mark.guards("agreement_party_left_dated"),
        ),
        pytest.param("copy commitment commitment", marks=pytest.mark.guards("commitment_once")),
        pytest.param(
            "UPDATE {P}commitment SET promised = 0, is_ceiling = false", marks=pytest.mark.guards("commitment_promises")
        ),
        pytest.param("UPDATE {P}commitment SET reserved = 17", marks=pytest.mark.guards("commitment_within_ceiling")),
    ],
)
def test_the_database_refuses_by_name(world, statement, request):
    name = request.node.get_closest_marker("guards").args[0]
    world["group_organisation"] = world["school"] if name != "agreement_party_position_once" else _stranger()
    with pytest.raises(IntegrityError) as no, transaction.atomic():
        executed(statement, world)
    assert no.value.__cause__.diag.constraint_name == name


def _stranger():
    return make.a_school().pk


def test_a_draft_version_may_change_until_it_is_frozen(world):
    executed("UPDATE {P}agreementversion SET text = '第一条 新' WHERE id = {version}", world)
    assert Agreement.objects.get(pk=world["draft"]).current_version.text == "第一条 新"
