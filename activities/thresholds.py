"""Numbers about sessions and groups that a district decides. Whether an agreement is needed: partnerships."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from activities.models import Counselor, Outing
from people.thresholds import declare

KINDS = tuple(Counselor.Kind.choices)
PAPERS = tuple(Outing.Paper.choices)
ON_FOOT = [Outing.Paper.PLAN, Outing.Paper.ROSTER, Outing.Paper.CONSENT]
SEALED = [Outing.Paper.PLAN, Outing.Paper.EMERGENCY]

declare("pupils_per_adult", int, 20, _("Pupils per accompanying adult"), least=1, most=20)
declare(
    "class_visits_a_year",
    int,
    0,
    _("Visits of one class a school year, at most (0: as many as fit)"),
    _("Default, not policy"),
    least=0,
    most=60,
)
declare(
    "travel_clash",
    str,
    "block",
    _("A group that can't be there in time from its activity before or for the next"),
    _("Default, not policy"),
    choices=(("none", _("is not looked at")), ("warn", _("warns")), ("block", _("blocks"))),
)
declare(
    "request_answer_days",
    int,
    2,
    _("Working days after which whoever is to answer a request is reminded of it"),
    _("Default, not policy"),
    least=1,
    most=20,
)
declare(
    "held_back_days", int, 14, _("Days before a session when held-back places open to everybody"), least=0, most=120
)
declare(
    "roll.open_days",
    int,
    3,
    _("The leader sees the roll so many days before the session"),
    _("Default, not policy"),
    least=0,
    most=14,
)
declare(
    "roll.late_days",
    int,
    3,
    _("School days after the session in which the school records a roll by itself"),
    _("Default, not policy"),
    least=0,
    most=20,
)
declare(
    "training_hour_minutes",
    int,
    45,
    _("Minutes of a training hour of teachers"),
    _("Default, not policy"),
    least=20,
    most=60,
)
declare("visit_reminder_days", int, 7, _("Days before a visit when the first reminder is sent"), least=1, most=30)
declare("visit_last_reminder_days", int, 1, _("Days before a visit when the second reminder is sent"), least=1, most=7)
declare(
    "roll_missing_hours",
    int,
    2,
    _("Hours after a visit when a reminder of a missing roll call is sent"),
    least=1,
    most=24,
)
declare("counselor_check_months", int, 12, _("Months for which a background check counts"), least=1, most=36)
declare(
    "counselor_check_kinds",
    list,
    [kind for kind, _label in KINDS],
    _("Kinds of counselors who need a background check"),
    _("Parent volunteers under a teacher's eye: the district decides"),
    choices=KINDS,
)
declare(
    "counselor_check_warning_days",
    int,
    30,
    _("Days before the end of a background check when everybody concerned is reminded"),
    least=1,
    most=180,
)
declare(
    "counselor_near_days",
    int,
    7,
    _("Days before a session when a missing counselor is called out"),
    least=1,
    most=60,
)
declare("class_hour_minutes", int, 40, _("Minutes of a paid class-hour"), _("Default, not policy"), least=20, most=90)
declare(
    "hours_objection_days",
    int,
    5,
    _("Working days in which hours may be objected to"),
    _("Default, not policy"),
    least=1,
    most=30,
)
for star, hours in enumerate((100, 300, 600, 1000, 1500), start=1):
    declare(
        f"volunteer_star_{star}",
        int,
        hours,
        format_lazy(_("Volunteer hours for star {star}"), star=star),
        _("Default, not policy"),
        least=1,
    )
declare(
    "waitlist_most_skips",
    int,
    3,
    _("Times that a waiting group is passed over before freed places gather for it"),
    least=0,
    most=20,
)
declare(
    "waitlist_answer_hour",
    int,
    17,
    _("Hour of the next school day until which offered places are held"),
    least=8,
    most=20,
)
declare(
    "waitlist_last_call_hours",
    int,
    48,
    _("Hours before a session from which free places go to any waiting group that fits"),
    least=0,
    most=336,
)
declare(
    "hours_reminder_days",
    int,
    2,
    _("Days after a session when a reminder of unconfirmed hours is sent"),
    _("Default, not policy"),
    least=1,
    most=30,
)
declare(
    "outing_papers",
    list,
    [str(code) for code, _label in PAPERS],
    _("Papers of an outing"),
    _("Default, not policy"),
    choices=PAPERS,
)
declare(
    "outing_papers_on_foot",
    list,
    [str(code) for code in ON_FOOT],
    _("Papers of an outing on foot: the short form"),
    _("Default, not policy"),
    choices=PAPERS,
)
declare(
    "outing_papers_sealed",
    list,
    [str(code) for code in SEALED],
    _("Papers of an outing that carry the school's seal"),
    _("Default, not policy"),
    choices=PAPERS,
)
declare(
    "outing_walk_metres",
    int,
    1500,
    _("Metres within which the short form of an outing is enough"),
    _("Default, not policy"),
    least=0,
    most=10_000,
)
declare(
    "outing_bureau",
    str,
    str(Outing.Bureau.FILES),
    _("What the bureau does with the papers of an outing"),
    _("Default, not policy"),
    choices=tuple(Outing.Bureau.choices),
)
declare(
    "outing_warning_days",
    int,
    3,
    _("Days before an outing when a missing approval is called out first"),
    least=1,
    most=30,
)
declare(
    "outing_last_warning_days",
    int,
    1,
    _("Days before an outing when a missing approval is called out again"),
    least=1,
    most=7,
)
declare(
    "outing_report_hours",
    int,
    3,
    _("Hours after an outing when a reminder of a missing return report is sent"),
    least=1,
    most=24,
)
declare(
    "change_notice_minutes",
    int,
    30,
    _("Minutes by which a venue may move a booked session without asking each school"),
    _("Default, not policy"),
    least=0,
    most=120,
)
declare(
    "final_count_school_days",
    int,
    5,
    _("School days before a visit when the school is asked for the final head count"),
    least=1,
    most=20,
)
declare(
    "final_count_answer_days",
    int,
    2,
    _("School days in which the final head count is given, or the places go to others"),
    _("Default, not policy"),
    least=1,
    most=10,
)
declare(
    "final_count_hour",
    int,
    17,
    _("Hour of the last of these days until which it is awaited"),
    _("Default, not policy"),
    least=8,
    most=20,
)
declare(
    "count_leeway_heads", int, 5, _("Heads by which a group may differ without a new confirmation"), least=0, most=50
)
declare(
    "count_leeway_percent",
    int,
    10,
    _("Or per cent of its heads, if that is more"),
    least=0,
    most=50,
)
declare(
    "no_show_dispute_days",
    int,
    5,
    _("Working days in which a school disputes a no-show"),
    _("Default, not policy"),
    least=1,
    most=20,
)
declare(
    "no_show_limit",
    int,
    2,
    _("No-shows at one venue that bring a hold there"),
    _("Default, not policy"),
    least=2,
    most=10,
)
declare(
    "no_show_window_days",
    int,
    120,
    _("Days in which they are counted together"),
    _("Default, not policy"),
    least=30,
    most=366,
)
declare("no_show_hold_days", int, 30, _("Days that a hold lasts"), _("Default, not policy"), least=1, most=90)
declare(
    "feedback_days",
    int,
    14,
    _("Days after a visit in which both sides say how it was"),
    _("Default, not policy"),
    least=3,
    most=60,
)
