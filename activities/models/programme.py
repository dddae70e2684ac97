"""A programme: the entry in the catalogue, from which sessions are made."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partnerships.models import Listing
from partnerships.models.school_class import ZH_GRADES
from people.roles import Permission
from people.workflow import Move
from portal.lib import clock, wording
from portal.lib.names import Named

from .campaign import Campaign
from .field import Field
from .price import Priced, price_fits_kind

GRADES = range(1, 13)


class ProgrammeQuerySet(models.QuerySet):
    def published(self):
        return self.filter(state=Programme.State.PUBLISHED)

    def visible_to(self, actor):
        """The provider's own; else what is published by those listed in the hat's district, or open to all."""
        if actor.is_system:
            return self
        if actor.organisation_id is None and not actor.is_client:
            return self.none()
        own = Q(provider=actor.organisation_id or 0)
        if actor.district_id is None:
            return self.filter(own)
        listed = Listing.objects.listed().filter(district=actor.district_id)
        shown = Q(state=Programme.State.PUBLISHED) & (
            Q(open_to_all=True) | Q(provider__in=listed.values("organisation"))
        )
        if actor.reads_district:
            shown |= Q(provider__district=actor.district_id)
        return self.filter(own | shown)


class Programme(Named, Priced):
    class Form(models.TextChoices):
        LECTURE = "lecture", _("Lecture")
        STORY = "story", _("Science story")
        EXPERIMENT = "experiment", _("Experiment")
        WORKSHOP = "workshop", _("Maker workshop")
        EXHIBITION = "exhibition", _("Exhibition visit")
        CLUB = "club", _("Club meeting")
        FIELD_STUDY = "field_study", _("Field study")
        STUDY_TRIP = "study_trip", _("Study trip")
        RESEARCH = "research", _("Project research")
        ONLINE_COURSE = "online_course", _("Online course")
        FESTIVAL = "festival", _("Festival")
        TRAINING = "training", _("Teacher training")

    class Direction(models.TextChoices):
        BRING_IN = "bring_in", _("Bring in")
        GO_OUT = "go_out", _("Go out")
        ONLINE = "online", pgettext_lazy("direction", "Online")

    class Mode(models.TextChoices):
        SCENE = "scene", _("Scene-based")
        EXPERIENTIAL = "experiential", _("Experiential")
        INTERACTIVE = "interactive", _("Interactive")
        INQUIRY = "inquiry", _("Inquiry")

    class Confirmation(models.TextChoices):
        AUTO = "auto", _("At once")
        MANUAL = "manual", _("By the venue")

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("programme", "Draft")
        PUBLISHED = "published", pgettext_lazy("programme", "Published")
        RETIRED = "retired", pgettext_lazy("programme", "Retired")

    TONES = {
        State.DRAFT: ("grey", "hollow"),
        State.PUBLISHED: ("teal", "full"),
        State.RETIRED: ("grey", "none"),
    }
    MOVES = {
        "publish": Move(
            "publish",
            (State.DRAFT, State.RETIRED),
            State.PUBLISHED,
            Permission.PROGRAMME_PUBLISH,
            pgettext_lazy("move", "Publish programme"),
        ),
        "retire": Move(
            "retire",
            (State.PUBLISHED,),
            State.RETIRED,
            Permission.PROGRAMME_PUBLISH,
            pgettext_lazy("move", "Take out of the catalogue"),
        ),
    }

    provider = models.ForeignKey("people.Organisation", models.PROTECT, related_name="programmes")
    name_zh = models.CharField(_("name in Chinese"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    summary_zh = models.TextField(_("summary in Chinese"), blank=True)
    summary_en = models.TextField(_("summary in English"), blank=True)
    form = models.CharField(_("form"), max_length=16, choices=Form)
    direction = models.CharField(_("direction"), max_length=10, choices=Direction)
    theme = models.CharField(_("theme"), max_length=12, choices=Field, blank=True)
    mode = models.CharField(_("practice mode"), max_length=14, choices=Mode, blank=True)
    hands_on = models.SmallIntegerField(_("hands-on share, per cent"), null=True, blank=True)  # of the time, by doing
    campaigns = ArrayField(
        models.CharField(max_length=16, choices=Campaign), verbose_name=_("campaigns"), default=list, blank=True
    )
    category = models.CharField(_("credit category"), max_length=8, blank=True)  # a code; its rules are data of credits
    grades = ArrayField(models.SmallIntegerField(), verbose_name=_("grades"), default=list, blank=True)
    minutes = models.SmallIntegerField(_("minutes"))
    capacity = models.IntegerField(_("places in a session"))
    confirmation = models.CharField(
        _("confirmation"),
        max_length=8,
        choices=Confirmation,
        default=Confirmation.MANUAL,
    )
    needs_task_sheet = models.BooleanField(_("with a task sheet"), default=False)
    materials = models.TextField(_("what to bring"), blank=True)
    safety = models.TextField(_("safety notes"), blank=True)
    open_to_all = models.BooleanField(_("open to schools of every district"), default=False)
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        ordering = ["name_zh", "id"]
        constraints = [
            price_fits_kind("programme"),
            models.CheckConstraint(
                name="programme_has_length",
                condition=Q(minutes__gt=0),
                violation_error_message=_("A programme lasts at least one minute."),
            ),
            models.CheckConstraint(
                name="programme_has_places",
                condition=Q(capacity__gt=0),
                violation_error_message=_("A session has at least one place."),
            ),
            models.CheckConstraint(
                name="programme_grades_exist",
                condition=Q(grades__contained_by=list(GRADES)),
                violation_error_message=_("Grades run from 1 to 12."),
            ),
            models.CheckConstraint(
                name="programme_hands_on_share",
                condition=Q(hands_on__isnull=True) | Q(hands_on__gte=0, hands_on__lte=100),
                violation_error_message=_("The hands-on share is between 0 and 100 per cent."),
            ),
            models.CheckConstraint(
                name="programme_campaigns_exist",
                condition=Q(campaigns__contained_by=Campaign.values),
                violation_error_message=_("Choose campaigns from the list."),
            ),
            models.UniqueConstraint(
                fields=["provider", "name_zh"],
                name="programme_named_once",
                violation_error_message=_("There is already a programme of this name."),
            ),
        ]

    @property
    def summary(self) -> str:
        """In the reader's language, as the name."""
        return self.summary_en if self.summary_en and self.name_is_english else self.summary_zh

    @property
    def grades_said(self) -> str:
        """五、六年级 / grades 5, 6."""
        words = [ZH_GRADES[grade] if wording.reads_chinese() else str(grade) for grade in sorted(self.grades)]
        return _("grades %(grades)s") % {"grades": wording.listed(words)} if words else ""

    @property
    def campaigns_said(self) -> str:
        return wording.listed([str(Campaign(campaign).label) for campaign in self.campaigns])

    @property
    def confirms_at_once(self) -> bool:
        return self.confirmation == self.Confirmation.AUTO

    def organisation_ids(self) -> set[int]:
        return {self.provider_id}

    def district_ids(self) -> set[int]:
        return {self.provider.district_id} - {None}
