"""Any acts of schools, timetable and weather: the portal answers and stands as the small model says."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.activities.line_machine import Line, World


@pytest.mark.django_db
def test_booking_and_waiting_list_follow_the_model():
    Line.world = World()
    run_state_machine_as_test(
        Line,
        settings=settings(
            max_examples=20,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate,),  # the acts are read as they are: shrinking them takes longer
            report_multiple_bugs=False,
            database=None,
        ),
    )
