"""The pages of people: who may open them, what they show, what a press does; in both languages."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import translation

from people import invitations, memberships, notices
from people.actors import SYSTEM
from people.models import District, Invitation, Membership, Notice, Organisation, ThresholdValue, User
from people.roles import Role
from portal.lib import clock
from tests.factories.people import actor, bureau, district, hat, login, organisation, user

pytestmark = pytest.mark.django_db
LANGUAGES = ["zh-hans", "en"]


def page(client, name, *args, **query):
    return client.get(reverse(f"people:{name}", args=args), query)


def press(client, name, *args, **data):
    return client.post(reverse(f"people:{name}", args=args), data)


def text(response):
    assert response.status_code == 200, response.status_code
    return response.content.decode()


# --- every page, both languages -------------------------------------------------------------------------------------

PAGES = [
    ("trail-list", Role.AUDIT_READER),
    ("district-list", Role.ADMINISTRATOR),
    ("member-list", Role.SCHOOL_LEAD),
    ("member-list", Role.BUREAU_OFFICER),
    ("member-list", Role.ADMINISTRATOR),
    ("organisation-list", Role.BUREAU_OFFICER),
    ("threshold-list", Role.BUREAU_OFFICER),
    ("threshold-list", Role.INSPECTOR),
    ("profile-page", Role.TEACHER),
    ("notice-list", Role.COUNSELOR),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "role"), PAGES)
def test_page_opens_in_both_languages(client, name, role, language):
    login(client, hat(role, who=user(language=language)))
    lang = {"zh-hans": "zh-Hans", "en": "en"}[language]
    assert f'<html lang="{lang}">' in text(page(client, name))


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("trail-list", {Role.AUDIT_READER}),
        ("district-list", {Role.ADMINISTRATOR}),
        ("threshold-list", {Role.BUREAU_OFFICER, Role.PARTNER_OFFICER, Role.INSPECTOR}),
        (
            "member-list",
            {Role.BUREAU_OFFICER, Role.PARTNER_OFFICER, Role.SCHOOL_LEAD, Role.COORDINATOR, Role.VENUE_LEAD,
             Role.VENUE_STAFF, Role.ADMINISTRATOR},
        ),
    ],
)  # fmt: skip
def test_page_opens_for_the_roles_of_the_table_and_no_other(client, name, allowed):
    answers = {}
    for role in Role:
        login(client, hat(role))
        answers[role] = page(client, name).status_code
    assert {role for role, status in answers.items() if status == 200} == allowed
    assert {status for role, status in answers.items() if role not in allowed} == {403}


@pytest.mark.parametrize("name", sorted({name for name, _role in PAGES}))
def test_page_sends_strangers_to_the_sign_in_page(client, name):
    assert page(client, name).url.startswith(reverse("account_login"))


# --- members --------------------------------------------------------------------------------------------------------


def test_members_of_another_organisation_do_not_exist(client):
    login(client, hat(Role.SCHOOL_LEAD))
    elsewhere = hat(Role.TEACHER)
    assert page(client, "member-of", elsewhere.organisation_id).status_code == 404
    assert page(client, "member-of", 999_999).status_code == 404
    assert press(client, "member-end", elsewhere.pk).status_code == 404
    assert press(client, "invitation-create", elsewhere.organisation_id, role="teacher").status_code == 404
    assert elsewhere.is_active


def test_officer_sees_the_lead_of_a_school_and_not_its_teachers(client):
    officer = hat(Role.BUREAU_OFFICER)
    school = organisation("school", of=officer.organisation.district)
    lead = hat(Role.SCHOOL_LEAD, at=school, who=user(full_name="宋知行"))
    hat(Role.TEACHER, at=school, who=user(full_name="何远舟"))
    login(client, officer)
    shown = text(page(client, "member-of", school.pk))
    assert lead.user.full_name in shown
    assert "何远舟" not in shown


def test_end_shows_a_refusal_and_keeps_the_last_lead(client):
    lead = hat(Role.SCHOOL_LEAD)
    login(client, lead)
    assert press(client, "member-end", lead.pk).status_code == 302
    assert Membership.objects.active().filter(pk=lead.pk).exists()


def test_coordinator_sees_colleagues_and_ends_nobody(client):
    who = hat(Role.COORDINATOR)
    other = hat(Role.TEACHER, at=who.organisation)
    login(client, who)
    assert reverse("people:member-end", args=[other.pk]) not in text(page(client, "member-list"))
    assert press(client, "member-end", other.pk).status_code == 403


def test_hand_over_and_leave_in_one_step(client):
    teacher = hat(Role.TEACHER)
    successor = hat(Role.TEACHER, at=teacher.organisation)
    login(client, teacher)
    assert successor.user.full_name in text(page(client, "member-hand-over", teacher.pk))
    press(client, "member-hand-over", teacher.pk, to=successor.pk, leave="on")
    assert not Membership.objects.active().filter(pk=teacher.pk).exists()
    assert Notice.objects.get(kind="work.handed_over").user == successor.user


def test_list_of_members_takes_the_same_number_of_queries_with_1_and_3_rows(client, django_assert_num_queries):
    lead = hat(Role.SCHOOL_LEAD)
    login(client, lead)
    for _more in range(2):
        invitations.invite(lead.organisation, role=Role.TEACHER, by=actor(lead))
        with django_assert_num_queries(7):
            page(client, "member-list")
        hat(Role.TEACHER, at=lead.organisation)
        hat(Role.COORDINATOR, at=lead.organisation)


def test_list_of_organisations_takes_the_same_number_of_queries(client, django_assert_num_queries):
    officer = hat(Role.BUREAU_OFFICER)
    login(client, officer)
    for _more in range(2):
        hat(Role.SCHOOL_LEAD, at=organisation("school", of=officer.organisation.district))
        with django_assert_num_queries(6):
            page(client, "organisation-list")


# --- districts ------------------------------------------------------------------------------------------------------


def test_administrator_opens_a_district_its_bureau_and_its_first_officer(client):
    login(client, hat(Role.ADMINISTRATOR))
    press(client, "district-list", code="440311", name_zh="光明区", name_en="Guangming", city_zh="深圳市")
    made = District.objects.get(code="440311")
    answer = press(client, "district-page", made.pk, kind="bureau", name_zh="光明区教育局", name_en="")
    office = Organisation.objects.get(district=made)
    assert answer.url == reverse("people:member-of", args=[office.pk])
    assert len(press(client, "invitation-create", office.pk, role="bureau_officer").context["slips"]) == 1
    taken = press(client, "district-page", made.pk, kind="bureau", name_zh="光明区教育局", name_en="")
    assert list(taken.context["form"].errors) == ["name_zh"]


def test_district_code_is_taken_once(client):
    login(client, hat(Role.ADMINISTRATOR))
    district(code="440311")
    assert list(press(client, "district-list", code="440311", name_zh="x").context["form"].errors) == ["code"]


# --- thresholds -----------------------------------------------------------------------------------------------------


def test_threshold_page_sets_a_value_from_tomorrow(client):
    officer = hat(Role.BUREAU_OFFICER)
    login(client, officer)
    tomorrow = clock.today() + dt.timedelta(days=1)
    good = {"value": 45, "starts_on": tomorrow, "reason": "光教〔2026〕12号"}
    refused = press(client, "threshold-page", "agreement_expiring_days", **good | {"starts_on": clock.today()})
    assert len(refused.context["form"].non_field_errors()) == 1
    assert ThresholdValue.objects.count() == 0
    assert press(client, "threshold-page", "agreement_expiring_days", **good).status_code == 302
    shown = text(page(client, "threshold-page", "agreement_expiring_days"))
    assert "光教〔2026〕12号" in shown
    assert officer.user.full_name in shown


def test_threshold_page_of_an_inspector_has_no_form_and_takes_no_value(client):
    login(client, hat(Role.INSPECTOR))
    assert page(client, "threshold-page", "agreement_expiring_days").context["form"] is None
    tomorrow = clock.today() + dt.timedelta(days=1)
    answer = press(client, "threshold-page", "agreement_expiring_days", value=45, starts_on=tomorrow, reason="x")
    assert answer.status_code == 403


def test_threshold_unknown_is_404(client):
    login(client, hat(Role.BUREAU_OFFICER))
    assert page(client, "threshold-page", "no_such").status_code == 404


def test_every_threshold_has_its_page(client):
    login(client, hat(Role.BUREAU_OFFICER))
    for line in page(client, "threshold-list").context["lines"]:
        assert page(client, "threshold-page", line.threshold.code).status_code == 200


# --- trail, inbox, profile ------------------------------------------------------------------------------------------


def test_trail_filters_and_turns_pages(client, django_assert_num_queries):
    for _one in range(60):
        memberships.start(organisation("venue"), user(), role=Role.VENUE_STAFF, by=SYSTEM)
    memberships.start(organisation("school"), user(), role=Role.TEACHER, by=SYSTEM)
    login(client, hat(Role.AUDIT_READER))
    with django_assert_num_queries(5):
        first = page(client, "trail-list")
    assert len(first.context["page"]) == 50
    assert len(page(client, "trail-list", after=first.context["page"].after).context["page"]) == 11
    assert len(page(client, "trail-list", act="membership.end").context["page"]) == 0
    newest = first.context["page"].rows[0]
    found = page(client, "trail-list", what=f"membership {newest.subject_id}").context["page"]
    assert [event.pk for event in found] == [newest.pk]
    assert len(page(client, "trail-list", until="2020-01-01").context["page"]) == 0
    assert page(client, "trail-list", since="junk", after="junk").status_code == 200


def tell(who, **more):
    notices.declare("test.kind", "Hello %(name)s", "A line for %(name)s")
    notices.send("test.kind", to=[who], subject="x:1", facts={"name": "N"}, **more)


def test_inbox_shows_ones_own_and_opening_marks_as_read(client, monkeypatch):
    monkeypatch.setattr(notices, "KINDS", dict(notices.KINDS))
    mine, other = hat(Role.TEACHER), hat(Role.TEACHER)
    tell(mine.user, path="/members/")
    tell(other.user)
    login(client, mine)
    assert text(page(client, "notice-list")).count('<p class="second">A line for N') == 1
    theirs, own = Notice.objects.get(user=other.user), Notice.objects.get(user=mine.user)
    assert press(client, "notice-open", theirs.pk).status_code == 404
    assert press(client, "notice-open", own.pk).url == "/members/"
    own.refresh_from_db()
    theirs.refresh_from_db()
    assert own.read_at
    assert theirs.read_at is None


def test_inbox_never_leads_out_of_the_house(client, monkeypatch):
    monkeypatch.setattr(notices, "KINDS", dict(notices.KINDS))
    mine = hat(Role.TEACHER)
    tell(mine.user, path="//evil.example/")
    login(client, mine)
    assert press(client, "notice-open", Notice.objects.get().pk).url == reverse("people:notice-list")


def test_inbox_marks_all_as_read(client, monkeypatch):
    monkeypatch.setattr(notices, "KINDS", dict(notices.KINDS))
    mine, other = hat(Role.TEACHER), hat(Role.TEACHER)
    tell(mine.user)
    tell(other.user)
    login(client, mine)
    press(client, "notice-read-all")
    assert list(Notice.objects.unread().values_list("user", flat=True)) == [other.user_id]


def test_profile_saves_and_answers_taken_numbers(client):
    mine = hat(Role.TEACHER)
    user(mobile="13800000001", email="a@example.cn")
    login(client, mine)
    own = {"full_name": "何远舟", "mobile": "13800000002", "email": "", "language": "en"}
    assert list(press(client, "profile-page", **own | {"mobile": "13800000001"}).context["form"].errors) == ["mobile"]
    assert list(press(client, "profile-page", **own | {"email": "A@example.cn"}).context["form"].errors) == ["email"]
    assert list(press(client, "profile-page", **own | {"mobile": "12"}).context["form"].errors) == ["mobile"]
    assert press(client, "profile-page", **own).status_code == 302
    saved = User.objects.get(pk=mine.user_id)
    assert (saved.full_name, saved.mobile, saved.language) == ("何远舟", "13800000002", "en")


def test_offices_of_a_district_are_invited_by_their_bureau_only_at_home(client):
    own = bureau()
    login(client, hat(Role.BUREAU_OFFICER, at=own))
    partner = organisation("partner_office", of=own.district)
    answer = press(client, "invitation-create", partner.pk, role="partner_officer")
    assert answer.url == reverse("people:member-of", args=[partner.pk])
    assert Invitation.objects.count() == 0


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "11月24日（周二）9:30"), ("en", "Tue 24 Nov, 9:30")])
def test_a_notice_says_its_times_in_the_readers_language(language, said):
    notices.declare("test.when", "%(when)s", "%(when)s")
    notice = Notice(kind="test.when", facts={"when": "2026-11-24T01:30+00:00"})
    with translation.override(language):
        assert notices.title(notice) == notices.body(notice) == said
    del notices.KINDS["test.when"]
