"""Rosters in: up to 5,000 pupils of one school in a call, by the rules and the verb of an uploaded file."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from partnerships.models import School
from people.roles import Permission
from portal.api.base import Door
from portal.api.idempotency import Answer, once
from portal.api.matching import rendered
from portal.api.needs import Need
from portal.api.problems import MEDIA_TYPE, Problem
from portal.api.schema import ProblemDetails
from portal.imports import sent

EXAMPLE = {
    "school": 12,
    "consent": True,
    "pupils": [
        {"class_name": "五（3）班", "name": "示例甲", "number": "20220101", "seat": "1"},
        {"class_name": "五（3）班", "name": "示例乙", "number": "20220102", "seat": "2"},
    ],
}


class Cell(serializers.CharField):
    """One cell of a row, as a spreadsheet would hold it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_blank=True, max_length=120, trim_whitespace=False, **options)


class PupilRow(serializers.Serializer):
    class_name = Cell(help_text="As the school writes it: 五（3）班, 5.3, 2021级3班 …")
    name = Cell()
    number = Cell(required=False, help_text="The school's own number; never an identity or pupil-record number.")
    seat = Cell(required=False)
    status = Cell(required=False, help_text="休学, 转出 … is asked about.")
    remark = Cell(required=False, help_text="Looked at for 转出 and the like, and not kept.")


class RosterCall(serializers.Serializer):
    school = serializers.PrimaryKeyRelatedField(queryset=School.objects.none())
    pupils = PupilRow(many=True, allow_empty=False, max_length=sent.MOST_ROWS)
    consent = serializers.BooleanField(
        default=False,
        help_text="The guardians of everybody on the list have agreed in writing that names are kept; "
        "otherwise pupils are counted without names, unless the district has recorded a legal basis.",
    )
    leavers = serializers.BooleanField(
        default=False, help_text="Pupils of these classes whom no row names leave today."
    )
    rehearsal = serializers.BooleanField(default=False, help_text="Say what would happen; write nothing.")
    answers = serializers.DictField(
        child=serializers.CharField(max_length=40),
        required=False,
        help_text="Answers to the questions of an earlier 409, by their keys.",
    )

    def get_fields(self) -> dict[str, Any]:
        found = super().get_fields()
        found["school"].queryset = School.objects.select_related("organisation").visible_to(self.context["actor"])
        return found


class RowLine(serializers.Serializer):
    row = serializers.IntegerField(help_text="From 1, in the order sent.")
    outcome = serializers.ChoiceField(choices=sent.OUTCOMES)
    code = serializers.CharField(allow_blank=True)
    detail = serializers.CharField(allow_blank=True)


class Warned(serializers.Serializer):
    row = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()


class Counts(serializers.Serializer):
    new = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    classes = serializers.IntegerField(help_text="Classes that are new.")


class RosterAnswer(serializers.Serializer):
    counts = Counts()
    gone = serializers.IntegerField(help_text="Pupils of these classes whom no row names.")
    removed = serializers.BooleanField(help_text="They have left.")
    is_braked = serializers.BooleanField(help_text="So many would leave that a school lead must confirm, on the pages.")
    lines = RowLine(many=True)
    warnings = Warned(many=True)


class Asked(serializers.Serializer):
    """Rows that only somebody who knows the school can decide; send the answer under `key` in `answers`."""

    key = serializers.CharField()
    kind = serializers.CharField()
    options = serializers.ListField(child=serializers.CharField())
    rows = serializers.ListField(child=serializers.IntegerField())


class RosterProblem(ProblemDetails):
    questions = Asked(many=True, required=False)


class Rosters(Door):
    """Class rosters 班级名册."""

    needs = {"create": Need("rosters:write", Permission.ROSTER_IMPORT)}

    @extend_schema(
        request=RosterCall,
        responses={200: RosterAnswer, (409, MEDIA_TYPE): RosterProblem},
        filters=False,
        examples=[OpenApiExample("Two pupils", value=EXAMPLE, request_only=True)],
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """Bring a school's roster up to date; the answer says for every row what became of it.

        The rules are those of an uploaded spreadsheet: same pupils are found by number, else by class and name;
        what only a person can decide comes back as 409 `roster_questions`; above the brake nothing is removed.
        Answers carry no name and no pseudonym.
        """
        body = RosterCall(data=request.data, context={"actor": self.actor})
        body.is_valid(raise_exception=True)
        given = body.validated_data

        def effect() -> Answer:
            outcome = sent.upsert(
                given["school"],
                given["pupils"],
                by=self.actor,
                answers=given.get("answers"),
                consent=given["consent"],
                leavers=given["leavers"],
                rehearsal=given["rehearsal"],
            )
            return Answer(200, rendered(RosterAnswer(outcome).data))

        try:
            done = once(request, effect)
        except sent.Unanswered as open_ones:
            questions = [sent.asked(question) for question in open_ones.questions]
            raise Problem(409, open_ones.code, str(open_ones), questions=questions) from None
        return HttpResponse(done.body, status=done.status, content_type="application/json", headers=done.headers)
