"""科普实践记录单: the record sheet of one pupil and school year, with what was earned, taken back, and not earned."""

import datetime as dt
import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal

from activities.models import Booking
from credits import judging, sources
from credits.judging import Judged
from credits.models import Chain, CreditRule, Entry, Result
from partnerships.models import SchoolClass, Student
from people import thresholds


@dataclass(frozen=True)
class Kind:
    """One line of the sheet's upper table: what one code has brought, and how far its cap reaches."""

    code: str
    times: int
    points: int
    cap: int | None

    @property
    def name(self) -> str:
        return str(CreditRule.Code(self.code).label)

    @property
    def segments(self) -> list[tuple[Decimal, str, str]]:
        return [(Decimal(self.points) / 1000, "done", self.name)]

    @property
    def whole(self) -> int:
        """The cap in whole points, 0 where there is none to draw."""
        return self.cap // 1000 if self.cap and self.cap % 1000 == 0 else 0


@dataclass(frozen=True)
class Sheet:
    """科普实践记录单: a pupil's school year. Points in thousandths."""

    student: Student
    school_year: int
    years: list[int]
    grade: int | None
    entries: list[Entry]
    kinds: list[Kind]
    not_earned: list[Judged]
    target: int
    wanted_kinds: int

    @property
    def points(self) -> int:
        return sum(entry.points for entry in self.entries)

    @property
    def is_at_target(self) -> bool:
        return self.points >= self.target and len(self.kinds) >= self.wanted_kinds

    @property
    def chains(self) -> list[Chain]:
        """The ledgers that these entries stand in, each once."""
        return list({entry.posting.chain_id: entry.posting.chain for entry in self.entries}.values())


def sheet(student: Student, school_year: int, *, on: dt.date) -> Sheet:
    """Everything that the record sheet of one pupil and school year shows."""
    district = student.school.organisation.district
    assert district is not None  # a school is in a district (constraint organisation_district_fits_kind)
    entries = list(
        Entry.objects.filter(account=student.pk, concerns_term__school_year=school_year)
        .select_related(
            "rule", "posting__chain__term", "reverses", "published__publication", *sources.READ,
        )
        .order_by("n")
    )  # fmt: skip
    years = Entry.objects.filter(account=student.pk).values_list("concerns_term__school_year", flat=True)
    known = {row.code: row for row in CreditRule.objects.filter(district=district).in_force(on=on)}
    times: Counter[str] = Counter()
    points: dict[str, int] = defaultdict(int)
    for entry in entries:
        times[entry.rule.code] += 1 - 2 * entry.is_reversal
        points[entry.rule.code] += entry.points
    school_class = class_of(student)
    values = thresholds.of(district.pk, on=on)
    return Sheet(
        student=student,
        school_year=school_year,
        years=sorted({*years, school_year}, reverse=True),
        grade=school_class.grade(on) if school_class else None,
        entries=entries,
        kinds=[
            Kind(code, times[code], points[code], known[code].cap_year if code in known else None)
            for code in CreditRule.Code.values
            if times[code]
        ],
        not_earned=not_earned(student.pk, school_year),
        target=values["credits.year_target"] * 1000,
        wanted_kinds=values["credits.year_categories"],
    )


def class_of(student: Student) -> SchoolClass | None:
    """The class that the pupil is in, or was in last."""
    enrolment = student.enrolments.select_related("school_class").order_by("-starts_on").first()
    return enrolment.school_class if enrolment else None


def not_earned(student: uuid.UUID, school_year: int) -> list[Judged]:
    """Roll calls and results of the school year that brought this pupil nothing, each with its reason."""
    bookings = list(
        Booking.objects.attended()
        .filter(roll__student=student)
        .filter(session__starts_at__date__gte=dt.date(school_year, 9, 1))
        .filter(session__starts_at__date__lt=dt.date(school_year + 1, 9, 1))
        .select_related("session__programme", "session__provider")
        .order_by("session__starts_at")
    )
    results = list(
        Result.objects.filter(student=student, school_year=school_year)
        .select_related("competition", "group", "school__organisation")
        .order_by("happened_on")
    )
    judged = judging.judged(bookings, of=student) + judging.judged_results(results)
    return sorted((one for one in judged if not one.is_posted), key=lambda one: one.occasion.day)
