"""Rosters by call: the rules of an uploaded file, an answer a row, no name in any answer."""

import datetime as dt
import json
from zoneinfo import ZoneInfo

import pytest

from partnerships.models import Enrolment, StudentIdentity
from people import thresholds
from people.actors import SYSTEM
from people.models import AuditEvent, Event
from people.roles import Role
from portal.imports import sent
from portal.lib import clock as house_clock
from portal.models import IdempotencyKey
from tests.factories import partnerships as make
from tests.factories import people
from tests.factories.api import a_client, a_token, api
from tests.factories.people import login

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/rosters/"
NAMES = ["示例甲", "示例乙", "示例丙", "示例丁", "示例戊", "示例己", "示例庚", "示例辛", "示例壬", "示例癸"]


@pytest.fixture(autouse=True)
def autumn(clock):
    clock.to(dt.datetime(2026, 11, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai")))


@pytest.fixture
def school():
    return make.a_school(make.a_district(), stage="primary")


@pytest.fixture
def sender(school):
    return api(a_token(a_client(school.organisation.district, "rosters:write")))


def pupils(*names, class_name="五（3）班"):
    return [
        {"class_name": class_name, "name": name, "number": f"2022{at:04}", "seat": str(at)}
        for at, name in enumerate(names, start=1)
    ]


def send(sender, school, rows, *, status=200, key=None, **more):
    body = {"school": school.pk, "pupils": rows, "consent": True, **more}
    headers = {"Idempotency-Key": key} if key else {}
    answer = sender.post(ADDRESS, json.dumps(body), content_type="application/json", headers=headers)
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


def outcomes(answer):
    return [line["outcome"] for line in answer["lines"]]


def test_pupils_come_in_and_the_same_again_changes_nothing(sender, school):
    first = send(sender, school, pupils(*NAMES[:3]))
    assert (outcomes(first), first["counts"]["new"], first["counts"]["classes"]) == (["new"] * 3, 3, 1)
    again = send(sender, school, pupils(*NAMES[:3]))
    assert (outcomes(again), again["counts"]["new"]) == (["unchanged"] * 3, 0)
    assert Enrolment.objects.filter(school_class__school=school).count() == 3
    stored = StudentIdentity.objects.filter(school=school)
    assert sorted(row.name for row in stored) == sorted(NAMES[:3])
    assert {row.consent for row in stored} == {"given"}


def test_changes_are_said_by_row(sender, school):
    send(sender, school, pupils(*NAMES[:3]))
    rows = pupils(*NAMES[:4])
    rows[1]["class_name"] = "五（4）班"
    assert outcomes(send(sender, school, rows)) == ["unchanged", "changed", "unchanged", "new"]


def test_an_identity_number_is_refused_in_its_row_and_never_echoed(sender, school):
    rows = pupils(*NAMES[:3])
    rows[0]["number"] = "G999999201501010011"
    rows[1]["remark"] = "身份证 ９９９９９９ 201501010011"
    raw = sender.post(
        ADDRESS, json.dumps({"school": school.pk, "pupils": rows, "consent": True}), content_type="application/json"
    )
    answer = raw.json()
    assert [(line["outcome"], line["code"]) for line in answer["lines"]] == [
        ("refused", "identity"),
        ("refused", "identity"),
        ("new", ""),
    ]
    assert "20150101" not in raw.content.decode()


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"name": "=HYPERLINK(1)"}, "formula"), ({"name": ""}, "name_missing"), ({"name": "2022"}, "number_in_name"),
        ({"number": "2.022E+07"}, "scientific"), ({"class_name": "3月1日"}, "class_is_date"),
        ({"class_name": "操场"}, "class_unknown"), ({"class_name": "九（1）班"}, "class_not_here"),
    ],
)  # fmt: skip
def test_the_refusals_of_a_file_are_those_of_a_call(sender, school, cells, code):
    rows = pupils(*NAMES[:2])
    rows[1] |= cells
    answer = send(sender, school, rows)
    assert (answer["lines"][0]["outcome"], answer["lines"][1]["outcome"]) == ("new", "refused")
    assert answer["lines"][1]["code"] == code
    assert answer["lines"][1]["detail"]


def test_what_only_a_person_can_decide_is_asked_and_answered(sender, school):
    rows = pupils(*NAMES[:3])
    rows[0]["class_name"] = "503"
    rows[1]["status"] = "休学"
    problem = send(sender, school, rows, status=409)
    assert problem["code"] == "roster_questions"
    assert [(each["kind"], each["rows"]) for each in problem["questions"]] == [("class", [1]), ("status", [2])]
    assert not StudentIdentity.objects.exists()
    answers = {problem["questions"][0]["key"]: "g5-3", problem["questions"][1]["key"]: "no"}
    assert outcomes(send(sender, school, rows, answers=answers)) == ["new", "left_out", "new"]
    wrong = send(sender, school, rows, answers={problem["questions"][0]["key"]: "g9-9"}, status=409)
    assert len(wrong["questions"]) == 2


def test_namesakes_are_never_guessed(sender, school):
    rows = [{"class_name": "五（3）班", "name": "示例甲"}, {"class_name": "五（3）班", "name": "示例甲"}]
    problem = send(sender, school, rows, status=409)
    (question,) = problem["questions"]
    assert (question["kind"], question["rows"]) == ("namesake", [1, 2])
    assert "示例甲" not in json.dumps(problem, ensure_ascii=False)


def test_the_brake_holds_and_no_system_releases_it(sender, school):
    send(sender, school, pupils(*NAMES))
    few = pupils(*NAMES[:6])
    kept = send(sender, school, few)
    assert (kept["gone"], kept["removed"], kept["is_braked"]) == (4, False, True)
    braked = send(sender, school, few, leavers=True, status=409)
    assert braked["code"] == "roster_brake"
    assert Enrolment.objects.on(house_clock.today()).count() == 10


def test_few_leavers_leave_when_that_is_said(sender, school, clock):
    send(sender, school, pupils(*NAMES))
    clock.forward(days=1)
    answer = send(sender, school, pupils(*NAMES[:9]), leavers=True)
    assert (answer["gone"], answer["removed"]) == (1, True)
    assert Enrolment.objects.on(house_clock.today()).count() == 9


def test_without_consent_pupils_are_heads_and_no_name_is_kept(sender, school):
    answer = send(sender, school, pupils(*NAMES[:3]), consent=False)
    assert {(line["outcome"], line["code"]) for line in answer["lines"]} == {("counted", "no_basis")}
    assert answer["counts"]["new"] == 3
    assert not StudentIdentity.objects.exclude(name_ct=None).exclude(name_ct=b"").exists()


def test_a_legal_basis_stands_in_for_consent(sender, school):
    thresholds.set_value(
        school.organisation.district, "identity_legal_basis", "示例办法第三条", by=SYSTEM,
        starts_on=house_clock.today(), reason="示例",
    )  # fmt: skip
    send(sender, school, pupils(*NAMES[:2]), consent=False)
    assert {row.legal_basis for row in StudentIdentity.objects.all()} == {"示例办法第三条"}


def test_a_rehearsal_writes_nothing(sender, school):
    answer = send(sender, school, pupils(*NAMES[:3]), rehearsal=True)
    assert (outcomes(answer), answer["counts"]["new"]) == (["new"] * 3, 3)
    assert not Enrolment.objects.filter(school_class__school=school).exists()
    assert not AuditEvent.objects.filter(verb="roster.import").exists()


def test_the_same_key_is_one_call_and_no_name_is_kept_beside_it(sender, school):
    rows = pupils("王?芳", *NAMES[1:3])
    first = send(sender, school, rows, key="k-1")
    assert [each["code"] for each in first["warnings"]] == ["odd_sign"]
    assert send(sender, school, rows, key="k-1") == first
    assert AuditEvent.objects.filter(verb="roster.import").count() == 1
    assert send(sender, school, rows[:2], key="k-1", status=422)
    kept = bytes(IdempotencyKey.objects.get().body).decode()
    assert not any(name in kept for name in ("王", *NAMES))


def test_no_answer_tells_a_name_or_a_pseudonym(sender, school):
    answer = json.dumps(send(sender, school, pupils(*NAMES)), ensure_ascii=False)
    assert not any(name in answer for name in NAMES)
    assert not any(str(row.pk) in answer for row in StudentIdentity.objects.all())


def test_a_school_of_another_district_is_not_there(sender):
    other = make.a_school(make.a_district(), stage="primary")
    assert send(sender, other, pupils("示例甲"), status=422)["errors"][0]["pointer"] == "#/school"


def test_more_than_5000_rows_are_not_taken(sender, school, monkeypatch):
    assert send(sender, school, pupils(*["示例甲"] * 5001), status=422)["errors"][0]["pointer"] == "#/pupils"
    assert sent.MOST_ROWS == 5000


def test_the_scope_opens_it_and_a_coordinator_brings_their_own_school_s(client, school):
    other = api(a_token(a_client(school.organisation.district, "pupils:read")))
    assert send(other, school, pupils("示例甲"), status=403)["scope"] == "rosters:write"
    login(client, people.hat(Role.COORDINATOR, at=school.organisation))
    assert outcomes(send(client, school, pupils("示例甲"))) == ["new"]
    login(client, people.hat(Role.INSPECTOR, of=school.organisation.district))
    assert send(client, school, pupils("示例甲"), status=403)


def test_it_is_told(sender, school):
    send(sender, school, pupils("示例甲"))
    assert list(Event.objects.filter(type="roster.imported").values_list("subject_id", flat=True)) == [str(school.pk)]
    assert AuditEvent.objects.get(verb="roster.import").actor_ref.startswith("client:")
