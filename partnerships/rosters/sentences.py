"""What reading a roster has to say, as sentences for a person. Facts fill %(…)s."""

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from .class_names import ClassRef
from .findings import Problem, Question, Skipped

NUMERALS = "〇一二三四五六七八九"

PROBLEMS = {
    "identity": _(
        "This looks like an identity or pupil-record number, which we never store. Use the school's own number."
    ),
    "formula": _("The cell holds a formula instead of text. Type the text itself."),
    "name_missing": _("The row has no name."),
    "name_too_long": _("This is too long for a name."),
    "number_in_name": _("This holds a number instead of a name."),
    "scientific": _(
        "The number is shown in scientific form and its digits are lost. Set the column to “text” and fill it in again."
    ),
    "class_is_date": _(
        "“%(shown)s” may be the class “%(month)s-%(day)s” that the spreadsheet program took for a date. Write it as “%(proper)s”."
    ),
    "class_unknown": _("“%(shown)s” is not understood as a class. Write it like 五（3）班."),
    "class_missing": _("The row has no class."),
    "class_may_be_ten": _("“%(shown)s” was read as class 1. If class 10 is meant, write it as “%(proper)s”."),
    "class_not_here": _("%(shown)s is not a class that this school can have."),
    "twice": _("The same pupil stands in row %(other)s already; this row counts once."),
    "number_twice": _("The number is already used by another pupil, in row %(other)s."),
    "odd_sign": _("“%(name)s” holds a sign that names seldom have. Please check it."),
    "pinyin": _("“%(name)s” mixes Chinese and Latin letters. Please check it."),
    "digit": _("“%(name)s” holds a digit. Please check it."),
    "one_sign": _("“%(name)s” has one character only. Please check it."),
    "remark_cut": _("“%(remark)s” in brackets was taken for a remark and left out of the name."),
    "listed_twice": _("The same stands in row %(other)s already; it counts once."),
    "cell_missing": _("The cell is empty."),
    "cell_too_long": _("The text is longer than %(longest)s characters."),
    "class_of_venue": _("“%(shown)s” is none of the national classes of venues."),
    "position_unknown": _("“%(shown)s” is no position in China. Write it like 22.748512, 113.936208."),
    "stage_of_school": _("“%(shown)s” is no stage of schools."),
    "group_missing": _("The row names no activity group."),
    "school_missing": _("The row names no school."),
    "day_unknown": _("“%(shown)s” is not understood as a day. Write it like 2026-10-18."),
    "days_reversed": _("The last day lies before the first."),
    "day_to_come": _("This day has not come yet."),
    "not_listed": _("“%(shown)s” is not on the district's white-list."),
    "rows_too_many": _("At most %(most)s rows at a time."),
    "session_unknown": _("No session that your school can see has the number “%(shown)s”."),
    "leader_unknown": _("Nobody of your school signs in as “%(shown)s”."),
    "count_unknown": _("“%(shown)s” is not a count."),
    "yes_or_no": _("“%(shown)s” is neither yes nor no."),
    "group_unknown": _("“%(shown)s” is neither classes nor an activity group of your school."),
    "pupils_by_list": _("%(shown)s is entered; %(listed)s pupils of the list are booked."),
    "programme_unknown": _("You have no programme of the name “%(shown)s”."),
    "session_not_own": _("None of your coming sessions of this programme has the number “%(shown)s”."),
    "time_unknown": _("“%(shown)s” is not understood as a time. Write it like 9:30."),
    "ends_before": _("The end lies before the start."),
    "time_past": _("This time is past."),
    "hall_unknown": _("You have no hall of the name “%(shown)s”."),
    "hall_taken": _("%(hall)s is taken: %(shown)s."),
    "hall_twice": _("%(hall)s is used at that time by row %(other)s already."),
    "audience_unknown": _("“%(shown)s” is no audience: school groups, student-only, family or teachers."),
    "channel_of_families": _("Only a family session is booked at the venue itself."),
    "closing_day": _("You are closed on this weekday."),
    "too_few_places": _("%(shown)s places are taken: say on the session's page where the groups go."),
    "group_busy": _("Pupils of %(shown)s have another activity at the new time: change it on the session's page."),
    "said": _("%(said)s"),
    "pupil_unknown": _("No pupil of this school is known by this number or seat."),
}

QUESTIONS = {
    "hidden": _("%(count)s rows are hidden. Import them?"),
    "struck": _("%(count)s rows are struck through, as if the pupil had left. Import them?"),
    "status": _("%(count)s rows say “%(status)s”. Import them?"),
    "blank_class": _("%(count)s rows have an empty class. Take the class of the row above?"),
    "class": _("Which class is “%(shown)s”?"),
    "sheet": _("Which class is on the sheet “%(shown)s”?"),
    "namesake": _("“%(name)s” stands twice in one class, without numbers. Are these two pupils?"),
    "consent": _("Have the guardians of everyone on this list agreed in writing that the names are kept?"),
    "school": _("Which school is “%(shown)s”? (%(count)s rows)"),
    "stage": _("Pupils who entered in %(year)s: in which part of the school are they?"),
}

REASONS = {
    "no_name_column": _("no name column"),
    "hidden_sheet": _("hidden sheet"),
    "no_group_column": _("no column for the activity group"),
    "heading": _("heading again"),
    "footer": _("totals or signatures"),
    "note": _("title or remark"),
    "no_name": _("no name"),
}


def class_as_written(grade: int, number: int) -> str:
    """五（3）班, as the Chinese sentence tells people to write it."""
    tens = "十" + (NUMERALS[grade - 10] if grade > 10 else "")
    return f"{tens if grade >= 10 else NUMERALS[grade]}（{number}）班"


def problem(found: Problem) -> str:
    """The sentence of a problem."""
    facts = dict(found.facts)
    if found.code == "class_not_here":
        facts["shown"] = option(facts.pop("ref").key)
    if found.code == "class_is_date":
        facts["proper"] = class_as_written(min(facts["month"], 12), facts["day"])
    elif found.code == "class_may_be_ten":
        facts["proper"] = class_as_written(facts["grade"] or 1, 10)
    return str(PROBLEMS[found.code]) % facts


def question(asked: Question) -> str:
    """The sentence of a question."""
    return str(QUESTIONS[asked.kind]) % {**asked.facts, "count": len(asked.rows)}


def option(key: str) -> str:
    """A class to choose, as people write it."""
    ref = ClassRef.from_key(key)
    if ref is None:
        return key
    if ref.grade and (get_language() or "").startswith("zh"):
        return class_as_written(ref.grade, ref.number)
    if ref.grade:
        return f"Class {ref.grade}({ref.number})"
    return gettext("class %(number)s that entered in %(year)s") % {"number": ref.number, "year": ref.entry_year}


def reason(skipped: Skipped) -> str:
    """Why a row or a sheet holds no pupil."""
    return str(REASONS[skipped.reason])
