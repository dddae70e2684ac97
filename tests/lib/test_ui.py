"""The parts render what they promise, for eyes and for screen readers."""

import pytest
from django import forms
from django.template import engines
from django.utils import translation

from portal.lib import meters
from tests.factories import people


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def render(source, **context):
    return engines["django"].from_string(source).render(context)


class Group(forms.Form):
    pupils = forms.IntegerField(label="Pupils", help_text="87 on the list", max_value=60)
    way = forms.ChoiceField(label="Way", choices=[("bus", "Bus"), ("walk", "Walk")], widget=forms.RadioSelect)


def test_field_ties_hint_and_error_to_its_input():
    html = render("{% field form.pupils %}", form=Group({"pupils": "90"}))
    assert 'aria-describedby="id_pupils_hint id_pupils_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_pupils_error"' in html
    assert 'id="id_pupils_hint"' in html


def test_field_puts_choices_under_one_legend():
    html = render("{% field form.way %}", form=Group())
    assert "<legend" in html
    assert "<fieldset" in html


def test_form_errors_count_and_link_to_the_fields():
    html = render("{% form_errors form %}", form=Group({}))
    assert "2 things need correcting" in html
    assert 'href="#id_pupils"' in html


def test_form_errors_are_silent_without_errors():
    assert "note" not in render("{% form_errors form %}", form=Group())


def test_meter_says_the_whole_sentence_and_never_runs_over():
    drawn = meters.drawn([(9, "done", "done"), (4, "booked", "booked")], 16, due=10, whole_label="promised")
    assert drawn["sentence"] == "promised 16, done 9, booked 4, due by now 10"
    over = meters.drawn([(90, "done", "done"), (30, "booked", "booked")], 100)
    assert sum(rect["width"] for rect in over["rects"]) == meters.LENGTH


@pytest.mark.parametrize("whole", [0, 1, 16, 300, 28306])
def test_meter_ticks_stay_few(whole):
    assert 2 <= len(meters.drawn([], whole)["ticks"]) <= meters.MOST_TICKS + 1


@pytest.mark.django_db
def test_org_marks_the_kind_and_falls_back_to_chinese():
    school = people.organisation("school", name_zh="楼村小学", name_en="")
    assert (
        render("{% org it %}", it=school) == '<span class="org org--school"><span lang="zh-Hans">楼村小学</span></span>'
    )


def test_confirm_posts_with_its_consequence():
    html = render(
        '{% confirm "/x/" "Cancel" "Cancel it?" yes="Cancel it" no="Keep it" %}43 places go back{% endconfirm %}'
    )
    assert 'method="post" action="/x/"' in html
    assert "43 places go back" in html
    assert "Keep it" in html


def test_words_of_a_user_stay_words():
    assert "<b>" not in render(
        '{% badge it "teal" "full" %}{% drill it "/x/" it %}{% facts many %}', it="<b>", many=["<b>"]
    )
