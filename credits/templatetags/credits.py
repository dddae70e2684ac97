"""Words of credits that templates ask for."""

import datetime as dt

from django import template
from django.utils.translation import gettext as _

from credits.earning import Why
from credits.models import CreditRule, Entry
from partnerships.models import SchoolClass
from partnerships.models.school_class import ZH_GRADES
from portal.lib import wording

register = template.Library()


@register.simple_tag
def school_class_label(school_class: SchoolClass, day: dt.date) -> str:
    """`{% school_class_label school_class today %}` → 五（3）班"""
    return school_class.label(day)


@register.simple_tag
def grade_name(grade: int) -> str:
    """5 → 五年级 / Grade 5; 10 → 高一"""
    if wording.reads_chinese():
        return f"{ZH_GRADES[grade]}年级" if 1 <= grade <= 9 else ZH_GRADES[grade]
    return _("Grade %(grade)s") % {"grade": grade}


@register.simple_tag
def school_year(year: int) -> str:
    """2026 → 2026—2027学年 / 2026–2027"""
    return _("%(year)s–%(next)s school year") % {"year": year, "next": year + 1}


@register.simple_tag
def reason_of(entry: Entry) -> str:
    """Why a reversal took back what it did, as far as the sentence needs no numbers of that day."""
    why = entry.inputs.get("why", "")
    if why not in Why.values:
        return ""
    facts = {"code": CreditRule.Code(entry.rule.code).label, "grade": entry.grade, "grades": entry.rule.grades_in_words}
    facts |= {
        "minutes": entry.inputs.get("minutes"),
        "least": entry.rule.minutes,
        "unit": entry.rule.get_unit_display(),
    }
    facts |= {"cap": wording.points(entry.rule.cap_year), "percent": "—"}
    return str(Why(why).label) % facts
