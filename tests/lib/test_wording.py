"""Days, times, amounts and counts as the house writes them, in both languages."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from portal.lib import wording


def at(hour, minute=0, day=24):
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=timezone.get_default_timezone())


CASES = [
    (lambda: wording.day(dt.date(2026, 11, 24)), "11月24日（周二）", "Tue 24 Nov"),
    (lambda: wording.day(dt.date(2026, 11, 24), year=True), "2026年11月24日（周二）", "Tue 24 Nov 2026"),
    (lambda: wording.when(at(9, 30), at(11, 30)), "11月24日（周二）9:30—11:30", "Tue 24 Nov, 9:30–11:30"),
    (lambda: wording.when(at(9), at(9, day=25)), "11月24日（周二）9:00—11月25日（周三）9:00",
     "Tue 24 Nov, 9:00–Wed 25 Nov, 9:00"),
    (lambda: wording.span(dt.date(2026, 9, 1), dt.date(2027, 1, 31)), "2026年9月1日—2027年1月31日", "1 Sep 2026–31 Jan 2027"),
    (lambda: wording.number(1234567), "1,234,567", "1,234,567"),
    (lambda: wording.number(-3), "−3", "−3"),
    (lambda: wording.number(None), "—", "—"),
    (lambda: wording.money(1290), "1,290 元", "¥1,290"),
    (lambda: wording.money(Decimal("12.5")), "12.50 元", "¥12.50"),
    (lambda: wording.money(-5), "−5 元", "−¥5"),
    (lambda: wording.points(1500), "1.5", "1.5"),
    (lambda: wording.points(1000), "1.0", "1.0"),
    (lambda: wording.points(-250), "−0.25", "−0.25"),
    (lambda: wording.percent(41, 44), "93.2%", "93.2%"),
    (lambda: wording.percent(0, 0), "—", "—"),
    (lambda: wording.listed(["五（2）班", "五（3）班"]), "五（2）班、五（3）班", "五（2）班, 五（3）班"),
]  # fmt: skip


@pytest.mark.parametrize(("say", "zh", "en"), CASES)
def test_words_are_written_in_both_languages(say, zh, en):
    with translation.override("zh-hans"):
        assert say() == zh
    with translation.override("en"):
        assert say() == en
