"""Pages around an agreement's text: papers, the public check, templates, supplements, contacts."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from partnerships import agreement_checks, agreement_life, agreement_paper, agreement_templates, agreements
from partnerships.agreement_versions import Enclosed, File
from partnerships.models import Agreement, AgreementTemplate
from partnerships.promises import Promise
from people.roles import Role
from portal.lib.errors import Refused
from tests.factories import partnerships as make
from tests.factories import people

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 plan"


def url(name, *args):
    return reverse(f"partnerships:{name}", args=args)


def again(agreement):
    return Agreement.objects.get(pk=agreement.pk)


@pytest.fixture
def frozen(sides):
    """A text with a promise and an annex that both sides have agreed to."""
    term = make.a_term(sides["district"])
    agreement = make.a_draft(
        sides["venue"],
        [sides["one"]],
        by=sides["museum"],
        title="科普教育合作协议",
        promises=[Promise(sides["venue"].pk, term, "visits", 16, is_ceiling=True)],
    )
    enclosed = Enclosed(added=(File("安全预案.pdf", PDF),))
    agreements.revise(agreement, by=sides["museum"], text="第一条 每学期 8 节。", enclosed=enclosed)
    agreements.propose(agreement, by=sides["museum"])
    agreements.agree(agreement, by=sides["first"])
    return agreement


def filed(agreement, sides):
    for who in ("museum", "first"):
        agreements.sign(agreement, by=sides[who], how="online", reauthenticated=True)
    agreements.submit(agreement, by=sides["museum"])
    return agreements.file(agreement, by=sides["officer"])


def standing(version):
    return agreement_checks.find(version.sha256).standing


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_paper_tells_text_terms_seals_and_fingerprint(frozen, sides, language):
    filed(frozen, sides)
    version = again(frozen).current_version
    _template, data = agreement_paper.document(version, lambda one: f"https://x/{one.sha256}", language=language)
    assert data["clauses"] == ["第一条 每学期 8 节。"]
    assert [row[-1].split()[-1] for row in data["promises"]] == ["16"]
    assert data["annexes"][0][1] == "安全预案"
    sides_zh = [sides[side].organisation.name_zh for side in ("venue", "one")]
    assert [seal["who"].split()[-1] for seal in data["seals"]] == sides_zh
    assert data["number"] == frozen.number
    assert data["hash"].replace(" ", "") == version.sha256
    assert data["address"].endswith(version.sha256)
    made = agreement_paper.printed(version, lambda one: f"https://x/{one.sha256}", language=language)
    assert made == agreement_paper.printed(version, lambda one: f"https://x/{one.sha256}", language=language)
    assert made.startswith(b"%PDF-")


def test_papers_are_for_those_who_see_the_agreement(client, frozen, sides):
    people.login(client, people.hat(Role.COORDINATOR, at=sides["one"].organisation))
    number = frozen.current_version.number
    for name, content in (("pdf", b"%PDF-"), ("text", b'{"annexes"')):
        answer = client.get(url(f"agreement-{name}", frozen.pk, number))
        assert answer.content.startswith(content)
        assert "attachment" in answer["Content-Disposition"]
    assert client.get(url("agreement-annex", frozen.pk, number, 1)).content == PDF
    assert client.get(url("agreement-annex", frozen.pk, number, 2)).status_code == 404
    assert client.get(url("agreement-final", frozen.pk, number)).status_code == 404
    people.login(client, people.hat(Role.COORDINATOR, at=sides["two"].organisation))
    for name in ("pdf", "text", "final"):
        assert client.get(url(f"agreement-{name}", frozen.pk, number)).status_code == 404


def test_a_text_that_is_not_frozen_has_no_paper(client, sides):
    draft = make.a_draft(sides["venue"], [sides["one"]], by=sides["museum"])
    people.login(client, people.hat(Role.VENUE_LEAD, at=sides["venue"].organisation))
    assert client.get(url("agreement-pdf", draft.pk, 1)).status_code == 404


def test_check_follows_the_life_of_a_text(frozen, sides):
    first = frozen.current_version
    assert standing(first) == "unsigned"
    agreements.counter(frozen, by=sides["first"], text="第一条 每学期 12 节。")
    assert standing(first) == "void"
    agreements.agree(frozen, by=sides["museum"])
    second = frozen.current_version
    filed(frozen, sides)
    assert standing(second) == "in_force"
    amendment = agreement_life.amend(again(frozen), by=sides["museum"])
    agreements.revise(amendment, by=sides["museum"], text="第一条 每学期 14 节。")
    agreements.propose(amendment, by=sides["museum"])
    agreements.agree(amendment, by=sides["first"])
    assert standing(amendment.current_version) == "unsigned"
    filed(amendment, sides)
    assert standing(second) == "replaced"
    found = agreement_checks.find(amendment.current_version.sha256)
    assert (found.version.agreement, found.standing) == (again(frozen), "in_force")
    agreement_life.terminate(again(frozen), by=sides["museum"], reason="撤馆")
    assert standing(found.version) == "ended"


def test_an_edit_after_the_freezing_voids_what_was_agreed_and_says_so(client, frozen, sides):
    first = frozen.current_version.number
    agreements.sign(frozen, by=sides["museum"], how="online", reauthenticated=True)
    agreements.counter(frozen, by=sides["first"], text="第一条 每学期 12 节。")
    assert [party.state for party in frozen.parties.all()] == ["invited", "agreed"]
    assert not frozen.parties.filter(signed_at__isnull=False).exists()
    people.login(client, people.hat(Role.VENUE_LEAD, at=sides["venue"].organisation))
    assert client.get(url("agreement-page", frozen.pk)).context["voided"] == first


def test_check_page_is_open_to_everybody_and_tells_no_person(client, frozen, sides):
    filed(frozen, sides)
    digest = frozen.current_version.sha256
    answer = client.get(url("check-page", digest))
    page = answer.content.decode()
    assert answer.context["standing"] == "in_force"
    assert "第一条" in page
    assert sides["venue"].organisation.name_zh in page
    assert sides["first"].label not in page
    assert answer["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert client.get(url("check-page", f"{digest[:4]} {digest[4:16]}")).status_code == 200
    flipped = ("0" if digest[0] != "0" else "1") + digest[1:]
    for key in (flipped, digest[:15], "x" * 22):
        assert client.get(url("check-page", key)).status_code == 404
    answer = client.get(url("check-ask"), {"code": digest})
    assert answer.url == url("check-page", digest)


def test_check_page_and_agreement_page_say_what_was_tampered_with(client, frozen, sides):
    version = frozen.current_version
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE partnerships_agreementversion SET text = '第一条 每学期 9 节。' WHERE id = %s", [version.pk]
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
    answer = client.get(url("check-page", version.sha256))
    assert answer.context["standing"] == "damaged"
    assert "每学期 9 节" not in answer.content.decode()
    people.login(client, people.hat(Role.VENUE_LEAD, at=sides["venue"].organisation))
    assert client.get(url("agreement-page", frozen.pk)).context["is_whole"] is False


def test_supplement_pages_show_what_changes(client, frozen, sides):
    filed(frozen, sides)
    people.login(client, people.hat(Role.VENUE_LEAD, at=sides["venue"].organisation))
    client.post(url("agreement-amend", frozen.pk))
    amendment = Agreement.objects.get(amends=frozen)
    page = client.get(url("agreement-counter", amendment.pk))
    rows = page.context["rows"].forms
    assert [row.initial.get("promised") for row in rows] == [16, None, None]
    given = {row.add_prefix(name): row.initial[name] for row in rows[:1] for name in ("party", "term", "kind")}
    annex = frozen.current_version.annexes.get()
    answer = client.post(
        url("agreement-counter", amendment.pk),
        {
            "version": 2,
            "title": "科普教育合作协议",
            "areas": ["activities"],
            "starts_on": amendment.starts_on.isoformat(),
            "last_day": amendment.last_day.isoformat(),
            "text": "第一条 每学期 8 节，另加工坊。",
            "promises-TOTAL_FORMS": 1,
            "promises-INITIAL_FORMS": 1,
            rows[0].add_prefix("promised"): 24,
            "annexes": make.upload("收费说明.pdf"),
            "dropped": amendment.current_version.annexes.get().pk,
            **given,
        },
    )
    assert answer.status_code == 302, answer.context["form"].errors
    page = client.get(url("agreement-page", amendment.pk))
    was, is_now = zip(*((row.was.split()[-1], row.is_now) for row in page.context["differences"]), strict=True)
    assert (was, is_now) == (("16", "安全预案"), ("24", "收费说明"))
    assert "<ins>，另加工坊</ins>" in page.content.decode()
    assert annex.pk in frozen.current_version.annexes.values_list("pk", flat=True)
    assert list(client.get(url("agreement-page", frozen.pk)).context["amendments"]) == [amendment]
    people.login(client, people.hat(Role.SCHOOL_LEAD, at=sides["one"].organisation))
    assert list(client.get(url("agreement-page", frozen.pk)).context["amendments"]) == []  # a draft is the writer's own


def test_the_page_names_the_schools_that_a_supplement_takes_in(client, frozen, sides):
    filed(frozen, sides)
    school = make.a_school(sides["district"])
    people.login(client, people.hat(Role.VENUE_LEAD, at=sides["venue"].organisation))
    client.post(url("agreement-amend", frozen.pk))
    amendment = Agreement.objects.get(amends=frozen)
    address = url("agreement-schools", amendment.pk)
    assert address in client.get(url("agreement-page", amendment.pk)).content.decode()
    assert school in client.get(address).context["form"].fields["schools"].queryset
    assert client.post(address, {"schools": [sides["one"].pk]}).context["form"].errors  # a party already
    assert client.post(address, {"schools": [school.pk]}).status_code == 302
    assert client.get(address).context["form"].initial["schools"] == [school.pk]
    agreements.propose(again(amendment), by=sides["museum"])
    people.login(client, people.hat(Role.SCHOOL_LEAD, at=school.organisation))
    page = client.get(url("agreement-page", amendment.pk))
    assert (page.status_code, page.context["sees_amended"]) == (200, False)
    assert client.get(url("agreement-schools", amendment.pk)).status_code == 409


def test_promises_of_one_kind_are_put_together(client, frozen, sides):
    people.login(client, people.hat(Role.VENUE_LEAD, at=sides["venue"].organisation))
    row = client.get(url("agreement-counter", frozen.pk)).context["rows"].forms[0].initial
    twice = {f"promises-{n}-{name}": row[name] for n in range(2) for name in ("party", "term", "kind", "promised")}
    answer = client.post(
        url("agreement-counter", frozen.pk), {"promises-TOTAL_FORMS": 2, "promises-INITIAL_FORMS": 1, **twice}
    )
    assert answer.context["rows"].non_form_errors()


@pytest.mark.guards("partnerships_agreementtemplate_append_only", "agreement_template_once")
def test_a_template_fills_a_draft_and_keeps_its_versions(client, sides):
    with pytest.raises(Refused) as no:
        agreement_templates.write(sides["district"], by=sides["officer"], name="示范文本", text="甲方：【馆长】")
    assert no.value.code == "template_place"
    row = agreement_templates.write(
        sides["district"], by=sides["officer"], name="示范文本", text="第一条 【甲方】与【学校】合作：【合作内容】。"
    )
    people.login(client, people.hat(Role.VENUE_LEAD, at=sides["venue"].organisation))
    assert list(client.get(url("agreement-new")).context["form"].fields["template"].queryset) == [row]
    draft = make.a_draft(sides["venue"], [sides["one"]], by=sides["museum"], template=row, areas=["courses"])
    names = sides["venue"].organisation.name_zh, sides["one"].organisation.name_zh
    assert draft.current_version.text == f"第一条 {names[0]}与{names[1]}合作：课程建设。"
    people.login(client, people.hat(Role.BUREAU_OFFICER, at=make.bureau_of(sides["district"])))
    client.post(url("agreement_template-edit", row.pk), {"text": "第一条 【各方】。"})
    client.post(url("agreement_template-put_aside", AgreementTemplate.objects.get(number=2).pk))
    assert list(AgreementTemplate.objects.values_list("number", "is_offered")) == [(3, False), (2, True), (1, True)]
    assert not AgreementTemplate.objects.offered().exists()
    columns = "district_id, name, number, text, is_offered, written_at"
    table = "partnerships_agreementtemplate"
    for statement, name in (
        (f"UPDATE {table} SET text = 'x'", f"{table}_append_only"),
        (f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table}", "agreement_template_once"),
    ):
        with pytest.raises(IntegrityError) as broken, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert broken.value.__cause__.diag.constraint_name == name


@pytest.mark.guards("agreement_template_says_something", "agreement_annex_position_once")
def test_a_template_has_a_text_and_an_annex_its_own_number(frozen, sides):
    with pytest.raises(IntegrityError) as broken, transaction.atomic():
        AgreementTemplate.objects.create(district=sides["district"], name="空", number=1, text="")
    assert broken.value.__cause__.diag.constraint_name == "agreement_template_says_something"
    draft = make.a_draft(sides["venue"], [sides["one"]], by=sides["museum"])
    annex = frozen.current_version.annexes.get()
    draft.current_version.annexes.create(position=1, title="附件", scan=annex.scan)
    with pytest.raises(IntegrityError) as broken, transaction.atomic():
        draft.current_version.annexes.create(position=1, title="附件", scan=annex.scan)
    assert broken.value.__cause__.diag.constraint_name == "agreement_annex_position_once"


def test_contact_page_saves_ones_own_words(client, frozen, sides):
    people.login(client, people.hat(Role.COORDINATOR, at=sides["one"].organisation))
    client.post(url("agreement-introduce", frozen.pk), {"contact": "周若禾", "phone": "0755-1234"})
    party = frozen.parties.get(position=1)
    assert (party.contact, party.phone, party.representative) == ("周若禾", "0755-1234", "")
    assert 'href="tel:0755-1234"' in client.get(url("agreement-page", frozen.pk)).content.decode()


def test_step_out_is_for_a_school_that_has_not_signed(client, sides):
    agreement = make.a_draft(sides["venue"], [sides["one"], sides["two"]], by=sides["museum"])
    agreements.propose(agreement, by=sides["museum"])
    people.login(client, people.hat(Role.SCHOOL_LEAD, at=sides["two"].organisation))
    assert client.get(url("agreement-page", agreement.pk)).context["may_leave"] is True
    client.post(url("agreement-step_out", agreement.pk), {"reason": "今年不参加"})
    assert [party.state for party in agreement.parties.all()] == ["agreed", "invited", "left"]
    assert client.get(url("agreement-page", agreement.pk)).context["may_leave"] is False
