"""What of credits other systems are told."""

from django.utils.translation import gettext_lazy as _

from people.events import declare

declare("rule.published", _("Credit rule published"), scope="credits:read", acts=["creditrule.publish"])
# told by the ledger itself, whose postings leave no act in the trail
declare("posting.written", _("Credits awarded or taken back"), scope="credits:read")
declare("result.confirmed", _("Result confirmed"), scope="credits:read", acts=["result.confirm", "result.restore"])
declare("result.withdrawn", _("Result withdrawn"), scope="credits:read", acts=["result.withdraw"])
declare("publication.opened", _("Credits of a class published"), scope="credits:read", acts=["publication.publish"])
declare("publication.final", _("Credits of a class final"), scope="credits:read", acts=["publication.finalise"])
declare("term.sealed", _("Ledger of a term sealed"), scope="credits:read", acts=["chain.seal"])
# several of a class at once leave one act: told where each is frozen
declare("certificate.issued", _("Certificate issued"), scope="credits:read")
declare("certificate.revoked", _("Certificate revoked"), scope="credits:read", acts=["certificate.revoke"])
