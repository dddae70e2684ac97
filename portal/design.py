"""The page of the parts (/design/, debug only): every part in every state, with invented content."""

import datetime as dt
from types import SimpleNamespace

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from people.gate import public
from portal.lib import charts

COLOURS = [
    ("ink", "16.2"), ("ink-2", "8.2"), ("teal-9", "12.4"), ("teal-7", "7.6"), ("teal-3", ""), ("ochre-6", "5.0"),
    ("ochre-7", "7.3"), ("red-7", "7.7"), ("paper", ""), ("surface", ""), ("sunken", ""), ("line", ""), ("field", "3.9"),
    ("teal-2", ""), ("ochre-2", ""), ("red-2", ""),
]  # fmt: skip


class Sample(forms.Form):
    pupils = forms.IntegerField(min_value=1, initial=86)
    adults = forms.IntegerField(min_value=1)
    returns = forms.TimeField(widget=forms.TimeInput(attrs={"type": "time"}))
    transport = forms.ChoiceField(widget=forms.RadioSelect)
    needs = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}))
    agree = forms.BooleanField(required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        words = {
            "pupils": _("Number of pupils"),
            "adults": _("Adults"),
            "returns": _("Back at school"),
            "agree": _("I have read this"),
        }
        for name, label in {**words, "transport": _("Transport"), "needs": _("Special needs")}.items():
            self.fields[name].label = label
        self.fields["pupils"].help_text = _("87 on the class list")
        self.fields["transport"].choices = [
            ("coach", _("School coach")),
            ("bus", _("Public transport")),
            ("walk", _("On foot")),
        ]

    def clean_adults(self) -> int:
        if self.cleaned_data["adults"] < 5:
            raise forms.ValidationError(_("At least 5: one adult for 20 of 86 pupils."))
        return self.cleaned_data["adults"]


class Search(forms.Form):
    word = forms.CharField(required=False, widget=forms.TextInput(attrs={"type": "search"}))
    free = forms.BooleanField(required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["word"].label, self.fields["free"].label = _("Keyword"), _("Free only")


def organisation(kind: str, name: str) -> SimpleNamespace:
    return SimpleNamespace(kind=kind, name=name, name_en="")


@public
def parts(request: HttpRequest) -> HttpResponse:
    """Every part once."""
    sample = Sample({"pupils": "86", "adults": "4", "returns": "", "transport": "coach"})
    weeks = [1290, 1540, 1720, 1880, 2010, 1730, 720, 1890, 1960, 2050, 1800, 2110, 2170]
    forms_of = [
        (_("Exhibition visit"), 186, 170),
        (_("Experiment"), 152, 121),
        (_("Lecture"), 118, 126),
        (_("Maker workshop"), 84, 61),
    ]
    return render(
        request,
        "portal/design.html",
        {
            "colours": COLOURS,
            "school": organisation("school", "楼村小学"),
            "venue": organisation("venue", "深圳科学技术馆"),
            "bureau": organisation("bureau", "光明区教育局"),
            "counselor": organisation("counselor", "梁之衡"),
            "form": sample,
            "search": Search(),
            "tones": ["turn", "teal", "solid", "grey", "red"],
            "shapes": ["none", "hollow", "half", "full"],
            "commitment": [(9, "done", _("done")), (4, "booked", _("booked"))],
            "capacity": [(231, "done", _("confirmed")), (44, "pending", _("to confirm"))],
            "steps": [
                {"label": _("Agreed"), "note": "11月16日", "state": "done"},
                {"label": _("Signing"), "note": _("Your turn"), "state": "turn"},
                {"label": _("Filed"), "note": "", "state": "open"},
                {"label": _("Active"), "note": "", "state": "open"},
            ],
            "events": [
                {"when": "11月17日", "what": _("Signed by the venue"), "state": "done"},
                {"when": _("now"), "what": _("Your turn to sign"), "state": "turn"},
                {"when": _("then"), "what": _("Filed by the bureau"), "state": "open"},
            ],
            "empty_steps": [
                {"label": _("Class lists uploaded"), "note": "", "done": True, "url": "", "action": ""},
                {"label": _("Choose a session"), "note": "", "done": False, "url": "#", "action": _("Find a session")},
            ],
            "line": charts.lines(
                [charts.Row(str(week + 1), value, value - 150) for week, value in enumerate(weeks)],
                caption=_("Pupil visits by week"),
                unit=_("visits"),
            ),
            "bars": charts.bars(
                [charts.Row(*row) for row in forms_of], caption=_("Sessions by form"), unit=_("sessions")
            ),
            "group": "五（2）班、五（3）班",
            "days": [(dt.date(2026, 12, 2), 5), (dt.date(2026, 12, 3), 6), (dt.date(2026, 12, 4), 0)],
            "cells": [
                ("何书屿", "09", "present"),
                ("胡元瑾", "10", "late"),
                ("沈清和", "31", "absent"),
                ("苏念一", "32", "leave"),
            ],
        },
    )
