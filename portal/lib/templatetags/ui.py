"""The parts of the house as template tags with explicit arguments (each has a template in templates/ui/).

Every template has them without `{% load %}`; `/design/` shows each in every state.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import template
from django.forms import BoundField, Form
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from heroicons.templatetags.heroicons import heroicon_outline

from portal.lib import keys, meters, wording

register = template.Library()


# --- words ------------------------------------------------------------------------------------------------------------


HAN = re.compile(r"[\u3400-\u9fff]")


@register.filter
def typed(text: str | None) -> SafeString:
    """`{{ person.full_name|typed }}`: what people wrote, as they wrote it; Chinese inside an English page says so."""
    if text and HAN.search(text) and not wording.reads_chinese():
        return format_html('<span lang="zh-Hans">{}</span>', text)
    return format_html("{}", text or "")


@register.filter
def day(moment: date | str | None) -> str:
    """`{{ session.starts_at|day }}` → 11月24日（周二） / Tue 24 Nov; also of a day kept as text, 2026-11-24."""
    if isinstance(moment, str) and moment:
        moment = date.fromisoformat(moment)
    return wording.day(moment) if moment else "—"


@register.filter
def full_day(moment: date | None) -> str:
    """`{{ date|full_day }}` → 2026年11月24日（周二） / Tue 24 Nov 2026"""
    return wording.day(moment, year=True) if moment else "—"


@register.filter
def clock(moment: datetime | None) -> str:
    """`{{ session.starts_at|clock }}` → 9:30"""
    return wording.clock(moment) if moment else "—"


@register.filter
def due(moment: date | None) -> str:
    """`{{ session.ends_at|due }}` → 今天 13:00 前, 11月26日（周四）前"""
    return wording.due(moment) if moment else ""


@register.simple_tag
def when(starts: datetime, ends: datetime | None = None) -> SafeString:
    """`{% when session.starts_at session.ends_at %}` → 11月24日（周二）9:30—11:30, broken only after the day."""
    start = wording.day(starts)
    rest = wording.when(starts, ends).removeprefix(start).removeprefix(", ")
    between = "" if wording.reads_chinese() else ", "
    return format_html(
        '<span><span class="nowrap">{}{}</span><wbr><span class="nowrap">{}</span></span>', start, between, rest
    )


@register.filter
def unbroken(names: str) -> SafeString:
    """`{{ group|unbroken }}`: a list of names that breaks between names only."""
    mark = "、" if "、" in names else ", "
    *first, last = names.split(mark)
    kept = format_html_join("", '<span class="nowrap">{}{}</span><wbr>', ((name, mark) for name in first))
    return format_html('<span>{}<span class="nowrap">{}</span></span>', kept, last)


@register.simple_tag
def span(first: date, last: date | None = None) -> SafeString:
    """`{% span agreement.starts_on agreement.ends_on %}` → 2026年9月1日—2029年8月31日, broken only between the days."""
    written = wording.span(first, last)
    start = wording.span(first, None)
    return format_html(
        '<span><span class="nowrap">{}</span><wbr><span class="nowrap">{}</span></span>',
        start,
        written.removeprefix(start),
    )


@register.filter
def money(yuan: Decimal | int | None) -> str:
    """`{{ session.price|money }}` → 1,290 元 / ¥1,290"""
    return wording.money(yuan)


@register.filter
def heads(count: int | None) -> str:
    """`{{ booking.pupils|heads }}` → 86 人 / 86 pupils"""
    return wording.heads(count)


@register.filter
def visits(count: int | None) -> str:
    """`{{ n|visits }}` → 1,204 人次 / 1,204 pupil visits"""
    return wording.visits(count)


@register.filter
def number(value: int | float | Decimal | None) -> str:
    """`{{ n|number }}` → 1,234; None → —"""
    return wording.number(value)


@register.filter
def far(metres: int | None) -> str:
    """`{{ metres|far }}` → 约 5.5 公里 / about 5.5 km; None → 未采集"""
    return wording.far(metres)


@register.filter
def points(thousandths: int | None) -> str:
    """`{{ entry.points|points }}` → 1.5 (kept in thousandths)"""
    return wording.points(thousandths)


# --- small parts ------------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, size: int = 18) -> SafeString:
    """`{% icon "bell" %}`: a heroicon as decoration; the words stand beside it."""
    return heroicon_outline(name, size=size, aria_hidden="true", focusable="false", **{"class": "icon"})


@register.simple_tag
def request_key() -> SafeString:
    """Inside a form that makes something: sent twice, it makes it once (the view is `@once`)."""
    return format_html('<input type="hidden" name="request_key" value="{}">', keys.fresh())


@register.simple_tag
def dot() -> SafeString:
    """The drawn middle dot between two facts (· has another width in every Chinese font)."""
    return mark_safe('<span class="dot" aria-hidden="true"></span><span class="visually-hidden">, </span>')


ORGANISATION_SHAPES = {"school": "school", "venue": "venue", "bureau": "office", "platform": "office"}


@register.simple_tag
def org(organisation: Any, url: str = "") -> SafeString:
    """`{% org booking.school %}`: ■ school, ● venue, hollow for offices and counselors, then the name."""
    organisation = getattr(organisation, "organisation", organisation)
    if organisation is None:
        return mark_safe("—")
    shape = ORGANISATION_SHAPES.get(str(organisation.kind), "outside")
    name = label(organisation)
    inner = format_html('<a href="{}">{}</a>', url, name) if url else name
    return format_html('<span class="org org--{}">{}</span>', shape, inner)


@register.simple_tag
def facts(parts: Iterable[Any]) -> SafeString:
    """`{% facts [venue, "9:30", "86 人"] %}`: organisations and words in one line, a drawn dot between them."""
    said = [format_html("{}", part) if isinstance(part, str) else org(part) for part in parts if part]
    return format_html_join(dot(), "{}", ((part,) for part in said))


@register.simple_tag
def label(named: Any) -> SafeString:
    """`{% label programme %}`: `.name` in the reader's language; Chinese inside an English page carries its `lang`."""
    if wording.reads_chinese() or getattr(named, "name_en", ""):
        return format_html("{}", named.name)
    return format_html('<span lang="zh-Hans">{}</span>', named.name)


@register.inclusion_tag("ui/crumbs.html")
def crumbs(*steps: str) -> dict[str, Any]:
    """`{% crumbs list_url _("Agreements") agreement.number %}`: pairs of address and words, last the page itself."""
    doors = [{"url": url, "words": words} for url, words in zip(steps[:-1:2], steps[1::2], strict=False)]
    return {"doors": doors, "here": steps[-1]}


@register.simple_tag
def badge(words: str, tone: str = "grey", shape: str = "none") -> SafeString:
    """`{% badge "已确认" "teal" "full" %}`; tone: turn teal solid grey red; dot: none hollow half full."""
    return format_html('<span class="badge badge--{} badge--{}">{}</span>', tone, shape, words)


@register.simple_tag
def drill(value: Any, url: str, name: str = "") -> SafeString:
    """`{% drill figure.value url "配对学校" %}`: a figure that opens its rows (dotted underline)."""
    hidden = format_html('<span class="visually-hidden"> {}</span>', name) if name else ""
    return format_html('<a class="drill" href="{}">{}{}</a>', url, value, hidden)


@register.inclusion_tag("ui/meter.html")
def meter(
    segments: Sequence[tuple[int, str, str]],
    whole: int,
    step: int = 0,
    due: int | None = None,
    whole_label: str = "",
    bare: bool = False,
) -> dict[str, Any]:
    """`{% meter segments 16 1 10 _("promised") %}`, segments = [(9, "done", "已完成"), (4, "booked", "已预约")].

    Tones: done booked pending over. `step` is what one tick means (0: chosen), `due` the black line "should be here
    by now". `bare=True` leaves out the visible sentence where the same numbers stand in the row.
    """
    return {"meter": meters.drawn(segments, whole, step=step, due=due, whole_label=whole_label), "bare": bare}


@register.inclusion_tag("ui/stepper.html")
def stepper(steps: Iterable[Mapping[str, Any]], name: str = "") -> dict[str, Any]:
    """`{% stepper steps %}`, steps = [{"label": …, "note": …, "state": "done|current|turn|open"}]."""
    return {"steps": list(steps), "name": name}


@register.inclusion_tag("ui/timeline.html")
def timeline(events: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """`{% timeline events %}`, events = [{"when": "11月17日", "what": …, "state": "done|turn|open"}]."""
    return {"events": list(events)}


@register.inclusion_tag("ui/stat.html")
def stat(name: str, value: Any, note: str = "", url: str = "") -> dict[str, Any]:
    """`{% stat _("Places left") 69 "231 / 300" url %}`: one of at most four figures, inside <div class="stats">."""
    return {"name": name, "value": value, "note": note, "url": url}


@register.inclusion_tag("ui/empty.html")
def empty_state(
    title: str, sentence: str = "", url: str = "", action: str = "", built: int = 40, steps: Any = None
) -> dict[str, Any]:
    """`{% empty_state _("No bookings yet") _("…") url _("Find a session") %}`; `built` = percent of the arch.

    `steps` = [{"label", "note", "done", "url", "action"}] lists what has been done and what is open.
    """
    arch = meters.arch(built)
    return {"title": title, "sentence": sentence, "url": url, "action": action, "arch": arch, "steps": steps or []}


@register.inclusion_tag("ui/arch.html")
def arch(built: int = 100, ground: str = "paper") -> dict[str, Any]:
    """`{% arch 60 %}`: the large arch, built as far as `built` percent; ground: paper or teal."""
    return {"arch": meters.arch(built), "ground": ground}


@register.inclusion_tag("ui/chart_lines.html")
def chart_lines(chart: dict[str, Any]) -> dict[str, Any]:
    """`{% chart_lines chart %}` of `portal.lib.charts.lines(rows, caption=…, unit=…)`."""
    return {"chart": chart}


@register.inclusion_tag("ui/chart_bars.html")
def chart_bars(chart: dict[str, Any]) -> dict[str, Any]:
    """`{% chart_bars chart %}` of `portal.lib.charts.bars(rows, caption=…, unit=…)`."""
    return {"chart": chart}


# --- blocks -----------------------------------------------------------------------------------------------------------


@register.simple_block_tag
def note(content: str, tone: str = "teal", title: str = "") -> str:
    """`{% note "turn" _("Your turn") %}…{% endnote %}`; tone: teal explains, turn is yours, red failed."""
    return render_to_string("ui/note.html", {"content": content, "tone": tone, "title": title})


@register.simple_block_tag
def slip(content: str, title: str, sub: str = "") -> str:
    """`{% slip _("Summary") %}…{% endslip %}`: what will exist after the press; ruler edge on top."""
    return render_to_string("ui/slip.html", {"content": content, "title": title, "sub": sub})


@register.simple_block_tag(takes_context=True)
def confirm(
    context: template.Context,
    content: str,
    url: str,
    action: str,
    title: str,
    yes: str,
    no: str,
    tone: str = "danger",
) -> str:
    """`{% confirm url _("Cancel booking") _("Cancel …?") yes=_("Cancel booking") no=_("Keep") %}what happens{% endconfirm %}`.

    A form that posts to `url` after the reader saw the consequence. Without JavaScript it folds open in place, with it
    it is a dialog. Fields may stand in the content. tone: danger, decisive, primary or secondary.
    """
    return render_to_string(
        "ui/confirm.html",
        {"content": content, "url": url, "action": action, "title": title, "yes": yes, "no": no, "tone": tone},
        request=context.get("request"),
    )


# --- forms ------------------------------------------------------------------------------------------------------------


@register.simple_tag
def field(bound: BoundField, hint: str = "", **attrs: str) -> SafeString:
    """`{% field form.pupils %}`: label above, hint below, error below; wired with aria-describedby."""
    if bound.is_hidden:
        return SafeString(str(bound))
    kind = KINDS.get(getattr(bound.field.widget, "input_type", ""), "input")
    hint = hint or str(bound.help_text)
    described = " ".join(
        name for name, wanted in ((f"{bound.auto_id}_hint", hint), (f"{bound.auto_id}_error", bound.errors)) if wanted
    )
    wired = {name.replace("_", "-"): value for name, value in attrs.items()}
    if described:
        wired["aria-describedby"] = described
    if bound.errors:
        wired["aria-invalid"] = "true"
    many = kind in ("radio", "checks") or (
        kind == "check" and getattr(bound.field.widget, "allow_multiple_selected", False)
    )
    return render_to_string(
        "ui/field.html",
        {
            "bound": bound,
            "widget": bound.as_widget(attrs=wired),
            "hint": hint,
            "kind": "choices" if many else kind,
            "described": described,
        },
    )


KINDS = {"radio": "radio", "checkbox": "check", "number": "number", "file": "file"}


@register.inclusion_tag("ui/form_errors.html")
def form_errors(form: Form) -> dict[str, Any]:
    """`{% form_errors form %}`: on top of the form; says how many, links to each field, takes the focus."""
    wrong = [(bound, bound.errors) for bound in form if bound.errors]
    return {"form": form, "wrong": wrong, "general": form.non_field_errors()}


@register.inclusion_tag("ui/fields.html")
def fields(form: Form) -> dict[str, Any]:
    """`{% fields form %}`: the error summary and every field in the form's order."""
    return {"form": form}


@register.inclusion_tag("ui/filters.html", takes_context=True)
def filters(context: template.Context, form: Form, found: str = "") -> dict[str, Any]:
    """`{% filters filter.form _("23 sessions") %}`: the filter bar; answers live into <div id="results">.

    The view answers `request.htmx` with the page's `#results` partial. Works as a plain GET form as well.
    """
    request = context["request"]
    active = any(value for name, value in request.GET.items() if name in form.fields)
    return {"form": form, "path": request.path, "found": found, "active": active}


@register.inclusion_tag("ui/pager.html", takes_context=True)
def pager(context: template.Context, page: Any) -> dict[str, Any]:
    """`{% pager page %}` of a `portal.lib.pages.Page`: previous, next."""
    query = {name: value for name, value in context["request"].GET.items() if name not in ("after", "before")}
    return {
        "previous": "?" + urlencode({**query, "before": page.before}) if page.before else "",
        "next": "?" + urlencode({**query, "after": page.after}) if page.after else "",
    }
