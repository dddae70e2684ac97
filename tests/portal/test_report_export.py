"""The figures as a file."""

import csv
import io

import pytest
from django.urls import reverse

from people.roles import Role
from tests.factories import people

pytestmark = pytest.mark.django_db


def headings(client, language: str) -> list[str]:
    answer = client.get(reverse("portal:report-csv"), headers={"accept-language": language})
    rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    return next(row for row in rows if len(row) > 2)


def test_first_heading_is_the_kind_of_figure_and_not_a_group_of_visitors(client):
    people.login(client, people.hat(Role.BUREAU_OFFICER))
    assert headings(client, "zh-CN")[:2] == ["类别", "指标"]
    assert headings(client, "en")[:2] == ["Kind", "Figure"]
