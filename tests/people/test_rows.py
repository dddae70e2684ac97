"""What the rows of people refuse by themselves, whoever writes them."""

import pytest
from django.db import IntegrityError, connection, transaction

from people import audit, notices
from people.actors import SYSTEM
from people.roles import Role
from tests.factories.people import bureau, district, hat, organisation, user

pytestmark = pytest.mark.django_db


def refused_by(sql, *values):
    """The name of the constraint that refuses this statement."""
    with pytest.raises(IntegrityError) as broken, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
    return broken.value.__cause__.diag.constraint_name


NEW_USER = """INSERT INTO people_user (password, username, full_name, mobile, email, language, is_active, is_demo)
              VALUES ('', %s, '', %s, %s, '', true, false)"""


@pytest.mark.guards("user_name_once")
def test_user_name_is_taken_once_whatever_its_case():
    user(username="zhou.ruohe")
    assert refused_by(NEW_USER, "Zhou.Ruohe", "", "") == "user_name_once"


@pytest.mark.guards("user_mobile_once")
def test_mobile_number_is_taken_once_and_may_be_missing():
    user(username="one", mobile="13800000001")
    user(username="two")
    user(username="three")
    assert refused_by(NEW_USER, "four", "13800000001", "") == "user_mobile_once"


@pytest.mark.guards("user_email_once")
def test_mail_address_is_taken_once_whatever_its_case():
    user(username="one", email="zhou@example.cn")
    assert refused_by(NEW_USER, "two", "", "ZHOU@example.cn") == "user_email_once"


NEW_ORGANISATION = """INSERT INTO people_organisation
                      (kind, district_id, name_zh, name_en, place_code, credit_code, is_provisional_name)
                      VALUES (%s, %s, %s, '', %s, '', false)"""


@pytest.mark.guards("organisation_district_fits_kind")
@pytest.mark.parametrize("kind", ["bureau", "partner_office", "school"])
def test_offices_and_schools_belong_to_a_district(kind):
    assert refused_by(NEW_ORGANISATION, kind, None, "x", "") == "organisation_district_fits_kind"


@pytest.mark.parametrize("kind", ["venue", "counselor", "platform"])
def test_venues_counselors_and_the_platform_belong_to_none(kind):
    assert refused_by(NEW_ORGANISATION, kind, district().pk, "x", "") == "organisation_district_fits_kind"


@pytest.mark.guards("organisation_name_once_in_district")
def test_name_is_taken_once_in_a_district():
    office = bureau(name_zh="光明区教育局")
    name = refused_by(NEW_ORGANISATION, "bureau", office.district_id, "光明区教育局", "")
    assert name == "organisation_name_once_in_district"
    bureau(name_zh="光明区教育局")


@pytest.mark.guards("venue_name_once_in_place")
def test_venue_is_known_once_at_a_place():
    organisation("venue", name_zh="科技馆", place_code="深圳")
    organisation("venue", name_zh="科技馆", place_code="衡阳")
    assert refused_by(NEW_ORGANISATION, "venue", None, "科技馆", "深圳") == "venue_name_once_in_place"


@pytest.mark.guards("threshold_once_a_day")
def test_threshold_starts_once_a_day():
    sql = """INSERT INTO people_thresholdvalue (district_id, code, value, starts_on, reason, set_at)
             VALUES (%s, 'x', '1', '2026-12-01', '', now())"""
    where = district().pk
    with connection.cursor() as cursor:
        cursor.execute(sql, [where])
    assert refused_by(sql, where) == "threshold_once_a_day"


@pytest.mark.guards("notice_once")
def test_person_is_told_once():
    teacher = hat(Role.TEACHER)
    for _twice in range(2):
        notices.send("membership.ended", to=[teacher.user], subject="x:1", facts={"organisation": "x"})
    sql = """INSERT INTO people_notice (kind, subject, user_id, facts, path, due_slot, created_at)
             VALUES ('membership.ended', 'x:1', %s, '{}', '', '', now())"""
    assert refused_by(sql, teacher.user_id) == "notice_once"
    assert teacher.user.notices.count() == 1


@pytest.mark.guards("people_auditevent_append_only")
@pytest.mark.parametrize("sql", ["UPDATE people_auditevent SET verb = 'x'", "DELETE FROM people_auditevent",
                                 "TRUNCATE people_auditevent"])  # fmt: skip
def test_trail_is_never_changed(sql):
    audit.record("test.act", district(), by=SYSTEM)
    assert refused_by(sql) == "people_auditevent_append_only"


@pytest.mark.guards("people_thresholdvalue_append_only")
@pytest.mark.parametrize("sql", ["UPDATE people_thresholdvalue SET value = '1'", "DELETE FROM people_thresholdvalue",
                                 "TRUNCATE people_thresholdvalue"])  # fmt: skip
def test_threshold_values_are_never_changed(sql):
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO people_thresholdvalue (district_id, code, value, starts_on, reason, set_at)
               VALUES (%s, 'x', '1', '2026-12-01', '', now())""",
            [district().pk],
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert refused_by(sql) == "people_thresholdvalue_append_only"
