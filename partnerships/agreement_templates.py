"""协议模板: the texts that a district offers for new drafts, with places that are filled from sides and terms."""

import re
from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from partnerships import texts
from partnerships.agreement_versions import Terms
from partnerships.models import Agreement, AgreementTemplate, Commitment
from people import audit
from people.access import require
from people.actors import Actor
from people.models import District, Organisation
from people.roles import Permission
from people.workflow import verb
from portal.lib import clock
from portal.lib.errors import Refused

PLACE = re.compile(r"【([^【】]*)】")
UNITS = {
    Commitment.Kind.VISITS: ("接待参观", "次"),
    Commitment.Kind.PUPILS: ("服务学生", "人次"),
    Commitment.Kind.IN_SCHOOL: ("进校活动", "场"),
    Commitment.Kind.TRAININGS: ("教师培训", "场"),
    Commitment.Kind.COURSES: ("开发课程", "门"),
    Commitment.Kind.COUNSELOR_HOURS: ("科技辅导", "小时"),
    Commitment.Kind.FREE_PLACES: ("免费或优惠名额", "个"),
}


@verb
def write(district: District, *, by: Actor, name: str, text: str) -> AgreementTemplate:
    """Offer a text under a name; the same name again is its next version. Drafts that were begun stay as they are.

    Raises Refused for a place in 【】 that nothing can fill.
    """
    require(by, Permission.AGREEMENT_TEMPLATE, district)
    text = texts.plain(text)
    unknown = sorted(set(PLACE.findall(text)) - set(PLACES))
    if unknown:
        raise Refused("template_place", _("Nothing can be filled in at 【%(place)s】."), place="】【".join(unknown))
    return _add(district, by=by, name=name.strip(), text=text, is_offered=True)


@verb
def put_aside(template: AgreementTemplate, *, by: Actor) -> AgreementTemplate:
    """Offer it no longer; writing it again brings it back."""
    require(by, Permission.AGREEMENT_TEMPLATE, template)
    return _add(template.district, by=by, name=template.name, text=template.text, is_offered=False)


def _add(district: District, *, by: Actor, name: str, text: str, is_offered: bool) -> AgreementTemplate:
    before = AgreementTemplate.objects.filter(district=district, name=name).order_by("-number").first()
    if before and (before.text, before.is_offered) == (text, is_offered):
        return before
    row = AgreementTemplate.objects.create(
        district=district,
        name=name,
        number=before.number + 1 if before else 1,
        text=text,
        is_offered=is_offered,
        written_at=clock.now(),
        written_by=by.user,
    )
    verb_ = "agreement_template.write" if is_offered else "agreement_template.put_aside"
    audit.record(verb_, row, by=by, number=row.number)
    return row


def filled(text: str, agreement: Agreement, terms: Terms) -> str:
    """The text with every place filled from the sides and terms of a draft; an empty one keeps a line to write on."""
    return PLACE.sub(lambda found: PLACES[found[1]](agreement, terms) or "＿＿＿＿", text)


def _day(day) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _sides(agreement: Agreement, *, venue: bool | None = None) -> str:
    """甲方：…（统一社会信用代码…，法定代表人…）; with `venue` the names of one side alone."""
    told = []
    for party in agreement.parties.select_related("organisation"):
        if venue is None:
            code = f"统一社会信用代码{party.organisation.credit_code or '＿＿＿＿'}"
            told.append(
                f"{party.ordinal}：{party.organisation.name_zh}（{code}，法定代表人{party.representative or '＿＿＿＿'}）"
            )
        elif party.is_venue == venue:
            told.append(party.organisation.name_zh)
    return ("；" if venue is None else "、").join(told)


def _promises(agreement: Agreement, terms: Terms) -> str:
    sides = {party.organisation_id: party.ordinal for party in agreement.parties.all()}
    told: dict[str, list[str]] = {}
    for one in sorted(terms.promises, key=lambda one: (one.term.starts_on, sides[one.organisation_id])):
        what, unit = UNITS[Commitment.Kind(one.kind)]
        bound = "至多" if one.is_ceiling else ""
        half = f"{one.term.school_year}—{one.term.school_year + 1}学年第{'一二'[one.term.half - 1]}学期"
        told.setdefault(half, []).append(f"{sides[one.organisation_id]}{what}{bound}{one.promised}{unit}")
    return "；".join(f"{half}：{'，'.join(parts)}" for half, parts in told.items())


def _bureau(agreement: Agreement) -> str:
    office = Organisation.objects.filter(district=agreement.district_id, kind=Organisation.Kind.BUREAU).first()
    return office.name_zh if office else "教育局"


PLACES: dict[str, Callable[[Agreement, Terms], str]] = {
    "各方": lambda agreement, terms: _sides(agreement),
    "甲方": lambda agreement, terms: _sides(agreement, venue=True),
    "学校": lambda agreement, terms: _sides(agreement, venue=False),
    "见证方": lambda agreement, terms: terms.witness,
    "合作内容": lambda agreement, terms: texts.areas_zh(list(terms.areas)),
    "约定事项": lambda agreement, terms: _promises(agreement, terms) or "见“约定事项”表",
    "起始日": lambda agreement, terms: _day(terms.starts_on),
    "终止日": lambda agreement, terms: _day(terms.ends_on.fromordinal(terms.ends_on.toordinal() - 1)),
    "教育局": lambda agreement, terms: _bureau(agreement),
}
