"""Chain and Posting: the entries of one term, linked by hashes so that a later change anywhere would show."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partnerships.models import Term
from people.models import District

ORIGIN = bytes(32)  # what the first posting of a chain follows
ALGORITHM = "sha256/1"  # sha256(prev ‖ seq as 8 bytes, big-endian ‖ body), body as written by credits/canon.py


class ChainQuerySet(models.QuerySet["Chain"]):
    def open(self) -> "ChainQuerySet":
        return self.filter(sealed_at__isnull=True)


class Chain(models.Model):
    """One a district and term. The row is locked last and shortest when points are posted."""

    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    term = models.ForeignKey(Term, models.PROTECT, related_name="+", db_index=False)
    seq = models.BigIntegerField(_("postings"), default=0)
    head = models.BinaryField(_("head"), default=ORIGIN)
    sealed_at = models.DateTimeField(_("sealed"), null=True)
    proposed_by = models.CharField(_("proposed by"), max_length=60, blank=True)
    confirmed_by = models.CharField(_("confirmed by"), max_length=60, blank=True)

    objects = ChainQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="chain_once_a_term",
                fields=["term", "district"],
                violation_error_message=_("This term has its ledger already."),
            ),
            models.CheckConstraint(
                name="chain_two_people",
                condition=Q(proposed_by="") | ~Q(proposed_by=F("confirmed_by")),
                violation_error_message=_("Two different people seal a term."),
            ),
            models.CheckConstraint(
                name="chain_sealed_by",
                condition=Q(sealed_at__isnull=True, confirmed_by="")
                | Q(Q(sealed_at__isnull=False), ~Q(confirmed_by=""), ~Q(proposed_by="")),
                violation_error_message=_("A sealed term says who sealed it and when."),
            ),
        ]


class Posting(models.Model):
    """One completed roll call, or one correction of it, with the canonical bytes of all its entries. Append-only."""

    chain = models.ForeignKey(Chain, models.PROTECT, related_name="postings", db_index=False)
    seq = models.BigIntegerField(_("number"))
    prev = models.BinaryField(_("previous hash"))
    hash = models.BinaryField(_("hash"))
    algorithm = models.CharField(_("algorithm"), max_length=20, default=ALGORITHM)
    body = models.BinaryField(_("canonical bytes"))
    at = models.DateTimeField(_("posted"))
    by = models.CharField(_("posted by"), max_length=60)  # the actor's stable key

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="posting_seq",
                fields=["chain", "seq"],
                violation_error_message=_("This place in the ledger is taken already."),
            ),
            models.CheckConstraint(
                name="posting_counts_from_one",
                condition=Q(seq__gte=1),
                violation_error_message=_("Postings count from one."),
            ),
        ]
