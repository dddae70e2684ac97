"""Words of credits that templates ask for."""

import datetime as dt

from django import template
from django.utils.translation import gettext as _

from credits import sources
from credits.earning import Why
from credits.models import CreditRule, Entry
from partnerships.models import SchoolClass
from partnerships.models.school_class import ZH_GRADES
from portal.lib import wording
from portal.lib.templatetags import ui

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
    facts |= {"cap": wording.points(entry.rule.cap_year), "percent": entry.inputs.get("percent", "—")}
    facts |= {name: entry.inputs.get(name, "—") for name in ("present", "dates")}
    if entry.result:
        competition = entry.result.competition
        facts |= {"name": entry.result.name, "stages": competition.stages_in_words if competition else ""}
    return str(Why(why).label) % facts


@register.simple_tag
def source_of(entry: Entry) -> sources.Source:
    """`{% source_of entry as source %}`: what it was, who gave it, and the proof, for rolls and results alike."""
    return sources.source_of(entry)


@register.simple_tag
def entry_state(entry: Entry) -> str:
    """The badge of an entry: posted, open for objection, final, or a correction."""
    if entry.is_reversal:
        return ui.badge(_("Correction"), "grey", "none")
    shown = getattr(entry, "published", None)
    if shown is None:
        return ui.badge(_("Posted"), "teal", "hollow")
    return ui.badge(shown.publication.get_state_display(), *shown.publication.TONES[shown.publication.state])
