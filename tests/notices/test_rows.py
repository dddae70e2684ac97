"""What the rows of the outbox refuse by themselves."""

import pytest
from django.db import connection

from people.models import Delivery, Mute, Notice, Robot
from people.roles import Role
from portal import models as roof
from portal.lib import clock
from tests.breaking import change, copy, refused_as
from tests.factories.people import hat

pytestmark = pytest.mark.django_db


@pytest.fixture
def robot():
    officer = hat(Role.BUREAU_OFFICER)
    made = Robot(district=officer.organisation.district, name="群", form="wecom", kinds=["test.plain"])
    made.seal("https://robot.example/", "")
    made.changed_at, made.changed_by = clock.now(), officer.user
    made.save()
    return made


@pytest.fixture
def delivery(server, reader, tell):
    tell(reader)
    return Delivery.objects.get()


@pytest.mark.guards("delivery_once")
def test_a_notice_leaves_by_mail_once(delivery):
    with refused_as("delivery_once"):
        copy("people_delivery", delivery.pk)


@pytest.mark.guards("delivery_robot_once")
def test_a_robot_says_a_thing_once(delivery, robot, tell):
    Delivery.objects.update(channel="robot", robot=robot, about="a")
    tell(hat(Role.COORDINATOR).user)
    other = str(Notice.objects.exclude(pk=delivery.notice_id).get().pk)
    with refused_as("delivery_robot_once"):
        copy("people_delivery", delivery.pk, notice_id=other)


@pytest.mark.guards("delivery_robot_fits_channel")
def test_a_robot_speaks_in_its_own_channel(delivery, robot):
    with refused_as("delivery_robot_fits_channel"):
        change("people_delivery", delivery.pk, f"robot_id = {robot.pk}")
    with refused_as("delivery_robot_fits_channel"):
        change("people_delivery", delivery.pk, "channel = 'robot'")


@pytest.mark.guards("delivery_one_end")
@pytest.mark.parametrize("two", ["sent_at dead_at", "sent_at dropped_at", "dead_at dropped_at"])
def test_a_delivery_ends_once(delivery, two):
    with refused_as("delivery_one_end"):
        change("people_delivery", delivery.pk, ", ".join(f"{name} = now()" for name in two.split()))


@pytest.mark.guards("mute_once")
def test_a_kind_is_muted_once(reader):
    muted = Mute.objects.create(user=reader, kind="test.plain")
    with refused_as("mute_once"):
        copy("people_mute", muted.pk)


@pytest.mark.guards("robot_name_once")
def test_a_district_names_its_robots_apart(robot):
    with refused_as("robot_name_once"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO people_robot (district_id, name, form, key, host, sealed, key_id, kinds, is_on, changed_at,"
            " changed_by_id) SELECT district_id, name, form, gen_random_uuid(), '', '', 1, '{}', true, now(),"
            " changed_by_id FROM people_robot"
        )


@pytest.mark.guards("job_run_ended_or_running")
def test_a_run_is_over_when_it_ended():
    run = roof.JobRun.objects.create(task="x", started_at=clock.now(), outcome="running")
    with refused_as("job_run_ended_or_running"):
        change("portal_jobrun", run.pk, "outcome = 'done'")
    with refused_as("job_run_ended_or_running"):
        change("portal_jobrun", run.pk, "ended_at = now()")
