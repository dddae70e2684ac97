"""What of credits other systems are told."""

from django.utils.translation import gettext_lazy as _

from people.events import declare

declare("rule.published", _("Credit rule published"), scope="credits:read", acts=["creditrule.publish"])
# told by the ledger itself, whose postings leave no act in the trail
declare("posting.written", _("Credits awarded or taken back"), scope="credits:read")
