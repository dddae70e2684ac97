"""Understands how a class is written (R4): 五（3）班, 五3班, 5.3, 五年级三班, 2021级3班, 初一(2)班, 预备(1)班 …"""

import datetime
import re
import unicodedata
from dataclasses import dataclass

DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
JUNIOR, SENIOR = 6, 9
# the days that spreadsheet programs make of 1-1 … 12-31 in the years 2000 to 2049, as serial numbers
FIRST_SERIAL, LAST_SERIAL = 36526, 54788
SERIAL_ZERO = datetime.date(1899, 12, 30)
MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}


@dataclass(frozen=True, slots=True, order=True)
class ClassRef:
    """A class as written: its number, and its grade (1–12) or the year in which it entered."""

    number: int
    grade: int | None = None
    entry_year: int | None = None

    @property
    def key(self) -> str:
        """A short text for forms and memory: g5-3, e2021-3."""
        return f"g{self.grade}-{self.number}" if self.grade else f"e{self.entry_year}-{self.number}"

    @classmethod
    def from_key(cls, key: str) -> "ClassRef | None":
        match = re.fullmatch(r"([ge])(\d{1,4})-(\d{1,3})", key)
        if not match:
            return None
        kind, value, number = match[1], int(match[2]), int(match[3])
        return cls(number, grade=value) if kind == "g" else cls(number, entry_year=value)


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """503, 2103: readable, but asked once and remembered for the school."""

    text: str
    options: tuple[ClassRef, ...]


@dataclass(frozen=True, slots=True)
class DateLike:
    """A class that a spreadsheet program has turned into a date: 3-1 became 3月1日."""

    text: str
    month: int
    day: int


NUMERAL = "[一二三四五六七八九十]{1,3}"
SENIORITY = "(?P<school>小|初|高)?"
GRADE = rf"{SENIORITY}(?P<grade>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])"
NUMBER = rf"[(]?0*(?P<number>\d{{1,2}}|{NUMERAL})[)]?"
ENTRY = rf"(?P<year>20\d\d|\d\d(?=级))(?:级|届)?{NUMBER}"
PREPARATORY = rf"(?P<prep>预备|预初|初预)(?:班|年级)?{NUMBER}"
# a whole cell; 班 may be left out where a bracket, a word or a sign separates grade and number
WHOLE = [
    re.compile(rf"(?P<year>20\d\d|\d\d)级{NUMBER}班?"),
    re.compile(r"(?P<year>20\d\d)[(](?P<number>\d{1,2})[)]班?"),
    re.compile(r"(?P<year>20\d\d)0?(?P<number>\d\d)"),
    re.compile(rf"{PREPARATORY}班?"),
    re.compile(rf"{GRADE}年级?{NUMBER}班?"),
    re.compile(rf"{GRADE}[(]0*(?P<number>\d{{1,2}}|{NUMERAL})[)]班?"),
    re.compile(rf"{SENIORITY}(?P<grade>十[一二]?|[一二三四五六七八九])0*(?P<number>\d{{1,2}})班?"),
    re.compile(r"(?P<grade>1[0-2]|[1-9])[.\-_·/、]0*(?P<number>\d{1,2})班?"),
]
# somewhere in a title or a file name: only where 班 ends it
INSIDE = [
    re.compile(rf"(?<!\d)(?P<year>20\d\d|\d\d)级{NUMBER}班"),
    re.compile(rf"{PREPARATORY}班"),
    re.compile(rf"(?<![\d第]){GRADE}(?:年级|年)?{NUMBER}班"),
]
BARE = re.compile(r"(?P<front>\d{1,2})(?P<number>\d\d)班?")
BARE_INSIDE = re.compile(r"(?<!\d)(\d{3,4})班")


def plain(text: str) -> str:
    """As compared: NFKC, no blanks, one kind of dash."""
    text = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s*]", "", text).translate(str.maketrans("—–－〔〕[]", "---()()"))


def numeral(text: str) -> int:
    """三 → 3, 十二 → 12, 二十一 → 21, 07 → 7."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.partition("十")
    if not ten:
        return DIGITS[text[-1]] if len(text) == 1 else 0
    return DIGITS.get(tens, 1) * 10 + DIGITS.get(ones, 0)


def ref_of(match) -> ClassRef | None:
    found = match.groupdict()
    number = numeral(found["number"])
    if not 1 <= number <= 60:
        return None
    if found.get("year"):
        year = int(found["year"])
        return ClassRef(number, entry_year=year if year > 100 else 2000 + year)
    if found.get("prep"):
        return ClassRef(number, grade=6)
    grade = numeral(found["grade"])
    if found.get("school") in ("初", "高"):
        if grade > 3:
            return None
        grade += JUNIOR if found["school"] == "初" else SENIOR
    return ClassRef(number, grade=grade) if 1 <= grade <= 12 else None


def parse_class(text: str) -> ClassRef | Ambiguous | DateLike | None:
    """A cell that should hold a class; None where no class can be seen in it."""
    plainly = plain(text)
    spoiled = date_in(plainly)
    if spoiled:
        return DateLike(text.strip(), *spoiled)
    for pattern in WHOLE:
        match = pattern.fullmatch(plainly)
        if match and (ref := ref_of(match)):
            return ref
    match = BARE.fullmatch(plainly)
    return ambiguous(plainly, match) if match else None


def ambiguous(text, match) -> Ambiguous | None:
    front, number = int(match["front"]), int(match["number"])
    options = []
    if 1 <= front <= 12:
        options.append(ClassRef(number, grade=front))
    if front >= 10:
        options.append(ClassRef(number, entry_year=2000 + front))
    return Ambiguous(text.removesuffix("班"), tuple(options)) if options and number else None


def find_class(text: str) -> ClassRef | Ambiguous | None:
    """The one class that a sheet's name, a title or a file's name speaks of; None for none or for several."""
    whole = parse_class(text)
    if isinstance(whole, (ClassRef, Ambiguous)):
        return whole
    plainly = plain(text)
    refs = {ref for pattern in INSIDE for match in pattern.finditer(plainly) if (ref := ref_of(match))}
    if refs:
        return refs.pop() if len(refs) == 1 else None
    bare = set(BARE_INSIDE.findall(plainly))
    return ambiguous(*(lambda word: (word, BARE.fullmatch(word)))(bare.pop())) if len(bare) == 1 else None


def date_in(text: str) -> tuple[int, int] | None:
    """(month, day) where a cell shows a date instead of a class."""
    if match := re.fullmatch(r"(?:\d{4}年)?(\d{1,2})月(\d{1,2})日", text):
        return int(match[1]), int(match[2])
    if match := re.fullmatch(r"\d{4}[-/.](\d{1,2})[-/.](\d{1,2})(?:\d\d:\d\d)?", text):
        return int(match[1]), int(match[2])
    if match := re.fullmatch(r"(\d{1,2})-([A-Za-z]{3})|([A-Za-z]{3})-(\d{1,2})", text):
        month = MONTHS.get((match[2] or match[3]).lower())
        return (month, int(match[1] or match[4])) if month else None
    if re.fullmatch(r"\d{5}", text) and FIRST_SERIAL <= int(text) <= LAST_SERIAL:
        day = SERIAL_ZERO + datetime.timedelta(days=int(text))
        return day.month, day.day
    return None


def parse_grade(text: str) -> ClassRef | None:
    """A grade column: 五, 5年级, 初一, 预备, 2021级. The answer's number is 0."""
    plainly = plain(text)
    if match := re.fullmatch(r"(20\d\d)[级届]?", plainly):
        return ClassRef(0, entry_year=int(match[1]))
    if re.fullmatch(r"(?:预备|预初|初预)(?:班|年级)?", plainly):
        return ClassRef(0, grade=6)
    match = re.fullmatch(rf"{GRADE}(?:年级|年|级)?", plainly)
    if not match:
        return None
    grade = numeral(match["grade"])
    if match["school"] in ("初", "高"):
        grade += JUNIOR if match["school"] == "初" else SENIOR
    return ClassRef(0, grade=grade)


def parse_number(text: str) -> int | None:
    """A column that holds the class's number only: 3, 03, 3班, (3)班, 三班."""
    match = re.fullmatch(rf"{NUMBER}班?", plain(text))
    return (numeral(match["number"]) or None) if match else None


def parse_entry_year(text: str) -> int | None:
    """The year of 202109, 2021-09, 2021年9月, 2021."""
    match = re.match(r"(20\d\d)(?:$|[-/.年]|(?:0[1-9]|1[0-2])(?:$|\d\d$))", plain(text))
    return int(match[1]) if match else None
