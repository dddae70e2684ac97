"""Which rules a group would break in a session: all of them at once, each with its source and what would fix it.

The catalogue, the booking form and the verb ask the same judge.
"""

import dataclasses

from activities.case import Case
from activities.models import Session
from activities.rule_book import COMMON, OF_A_HOST
from activities.verdicts import Broken, Verdict


class Judge(Case):
    """Holds every rule against its case."""

    def of(self, session: Session) -> Verdict:
        """Every rule, none left out because another one failed."""
        checks = COMMON if session.provider_id == self.group.school.pk else COMMON + OF_A_HOST
        found = [self._eased(rule, session) for check in checks if (rule := check(self, session))]
        met = len(checks) - len(found)
        agreement, adults = self.agreement_for(session), self.adults_needed(session)
        return Verdict(tuple(found), met, agreement, adults, self.rests_on_sheet(session))

    def _eased(self, rule: Broken, session: Session) -> Broken:
        """A rule that this group had met before only reminds, and so does one from which it has an exception."""
        if rule.code in self.waived:
            return dataclasses.replace(rule, blocks=False)
        exemption = self.exemption_for(session, rule.code) if rule.blocks else None
        return dataclasses.replace(rule, blocks=False, exemption=exemption) if exemption else rule
