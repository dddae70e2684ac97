"""What the trail calls the acts around credits; moves bring their own words."""

from django.utils.translation import gettext_lazy as _

from people.audit import declare

declare(
    {
        "certificate.issue": _("Issue certificates"),
        "certificate.reissue": _("Issue a certificate again"),
        "chain.propose_seal": _("Propose to seal a term"),
        "chain.seal": _("Seal a term"),
        "chain.withdraw_seal": _("Withdraw the proposal to seal a term"),
        "club_list.hand_over": _("Hand a club list over"),
        "competition.change": _("Change a competition"),
        "competition.enter": _("Enter a competition"),
        "competition_list.import": _("Import the white-list of competitions"),
        "creditrule.discard": _("Discard a draft of a credit rule"),
        "creditrule.draft": _("Draft a credit rule"),
        "dispute.raise": _("Enter an objection"),
        "evaluation.export": _("Export for the comprehensive-quality evaluation"),
        "evaluation.set_columns": _("Set the columns of the evaluation sheet"),
        "publication.publish": _("Publish credits for objection"),
        "result.enter": _("Enter results"),
        "result_list.import": _("Import results from a file"),
    }
)
