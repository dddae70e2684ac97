"""What the ledger's triggers say to a person, by the name that they raise (migrations/0002_guards.py)."""

from django.utils.translation import gettext_lazy as _

from people.workflow import SENTENCES

NEVER_CHANGED = _("Entries of the ledger are never changed; a mistake is corrected by a reversal.")
SENTENCES |= {
    "credits_entry_append_only": NEVER_CHANGED,
    "credits_posting_append_only": NEVER_CHANGED,
    "credits_entry_adds_up": _("The balance of an entry must be that of the entry before it plus its points."),
    "credits_entry_exact_reversal": _("A reversal is the exact negative of one award."),
    "credits_entry_one_standing": _("These points stand already; they are taken back before they are awarded again."),
    "credits_entry_posting_open": _("Nothing is added to a posting once its hash is written."),
    "credits_account_follows": _("An account changes only together with its entries."),
    "credits_account_keeps_up": _("An account changes only together with its entries."),
    "credits_posting_links": _("A posting must follow the last one of its term."),
    "credits_posting_holds_its_entries": _("A posting holds entries, all of its own term and district."),
    "credits_chain_follows": _("The ledger of a term changes only together with its postings."),
    "credits_chain_keeps_up": _("The ledger of a term changes only together with its postings."),
    "credits_chain_sealed": _("This term is sealed; later findings go to the open term."),
    "term_keeps_posted_days": _("Points are posted for days that would no longer lie in this term."),
    "credits_result_facts": _("The subject of a result never changes: withdraw it and enter the right one."),
    "credits_rule_published": _("A published version is never changed; write the next version."),
    "credits_publication_append_only": _("What a publication showed is never changed."),
    "credits_publishedentry_append_only": _("What a publication showed is never changed."),
    "credits_publication_period_over": _("The period for objections is not over yet."),
    "credits_publication_undisputed": _("An objection waits for its decision; the publication stays open until then."),
    "credits_published_fits": _("A publication shows awards of its own school and term."),
    "credits_published_whole": _("Nothing is added to a publication; later entries go into a supplementary one."),
    "credits_dispute_append_only": _("What a family said is never changed."),
    "credits_dispute_in_time": _("This publication is no longer open for objection."),
    "credits_dispute_about_shown": _("This entry is not in that publication."),
    "credits_certificate_append_only": _("A certificate is never changed: revoke it and issue a new one."),
    "credits_certificate_final": _("Only final entries count for a certificate."),
    "credits_certificate_revoked_once": _("A revoked certificate stays revoked."),
    "credits_chain_settled": _("A publication of this term is still open for objection."),
}
