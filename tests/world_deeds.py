"""What the boundary world's districts and sides write around an agreement: a template, an annex, a contact."""

from partnerships import agreement_parties, agreement_templates, agreements
from partnerships.agreement_versions import Enclosed, File
from partnerships.models import Agreement, AgreementTemplate
from people.models import District, Membership
from tests.factories import people


def a_template(district: District, officer: Membership, cell: str, k: int) -> AgreementTemplate:
    text = f"第一条 模板{cell}{k}：【甲方】与【学校】。"
    return agreement_templates.write(district, by=people.actor(officer), name=f"模板{cell}{k}", text=text)


def enclose(draft: Agreement, lead: Membership, cell: str, k: int) -> None:
    """An annex of the draft, and whom the others call."""
    annex = File(f"附件{cell}{k}.pdf", b"%PDF-1.7 " + cell.encode())
    by = people.actor(lead)
    agreements.revise(draft, by=by, text=f"第一条 正文{cell}{k}", enclosed=Enclosed(added=(annex,)))
    party = draft.parties.get(organisation=lead.organisation)
    words = {"representative": f"代表{cell}{k}", "contact": f"联系人{cell}{k}", "phone": f"0755-{cell}{k}"}
    agreement_parties.introduce(party, by=by, **words)
