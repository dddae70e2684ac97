"""The text of agreements: the usual clauses to start from, and the canonical form whose digest is the fingerprint.

The canonical text is Chinese; an English copy would be for convenience and is not hashed. The form is documented in
docs/decisions/agreements.md, so that anybody can take the fingerprint again without us.
"""

import hashlib
import json
import unicodedata
from typing import Any

from partnerships.models import Agreement, AgreementParty, AgreementVersion

FORM = "guanxiao-agreement-2"

# Clauses as in agreements seen (policy.md §4). What stands in 【】 is filled from the sides and terms of the draft.
USUAL = """第一条 合作各方：【各方】。
第二条 合作目的：依据《关于利用科普资源助推“双减”工作的通知》，各方资源共享、优势互补、提升能力，服务学生成长。
第三条 合作内容：【合作内容】。
第四条 约定事项：【约定事项】。各次活动的日期由各方按教学计划以活动确认单逐次确认。
第五条 甲方提供场地、展品和讲解，提前公布可预约的场次；活动内容符合学生年龄特点。
第六条 学校组织学生参加活动，按师生配比安排带队教师，并做好行前安全教育。
第七条 面向学校团体的活动免费或优惠；确需收费的，事先列明项目和标准，由学生自愿参加。
第八条 各方分工负责活动期间的学生安全，依法购买相应保险，落实应急预案。
第九条 保护未成年人：直接接触学生的人员须通过准入查询，查询结论在活动当日有效。
第十条 个人信息：各方仅为组织活动使用学生信息，活动结束后按约定期限删除，不向他人提供。
第十一条 宣传报道涉及学生肖像的，须事先取得监护人同意。
第十二条 各方指定联系人，每学期召开两次联席会议。
第十三条 期限与续签：自【起始日】至【终止日】；期满前六十日各方商议续签。
第十四条 变更、中止与终止：变更须经各方协商一致并签订补充协议；任何一方可提前三十日书面通知退出，已确认的活动妥善安排。
第十五条 争议由各方协商解决；协商不成的，提请【教育局】协调。
第十六条 文本：本协议自各方签署并备案后生效，各方各执一份；附件为本协议的组成部分，与正文具有同等效力。"""

AREAS_ZH = {
    Agreement.Area.ACTIVITIES: "学生活动",
    Agreement.Area.COURSES: "课程建设",
    Agreement.Area.TEACHERS: "教师培训",
    Agreement.Area.AFTER_SCHOOL: "课后服务",
    Agreement.Area.STUDY_TRIPS: "研学实践",
    Agreement.Area.COACHING: "竞赛辅导",
    Agreement.Area.OPENING: "场馆开放",
    Agreement.Area.DONATIONS: "捐赠",
}


def areas_zh(areas: list[str]) -> str:
    """The areas of cooperation as the Chinese text names them."""
    return "、".join(AREAS_ZH[Agreement.Area(area)] for area in areas) or "学生活动"


def plain(text: str) -> str:
    """The text as it is hashed: NFC, one line end, no blanks at line ends, no empty lines around."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def content(version: AgreementVersion, terms: dict[str, Any]) -> dict[str, Any]:
    """What the parties agree to, as plain data: everything that is hashed, and nothing that may change later.

    Contact persons are left out: they change without the parties agreeing anew.
    """
    agreement = version.agreement
    parties = list(agreement.parties.present().select_related("organisation"))
    ordinals = {party.position: party.ordinal for party in parties}
    return {
        "form": FORM,
        "reference": str(agreement.amends_id or agreement.pk),
        "version": version.number,
        "title": plain(terms["title"]),
        "parties": [_party(party) for party in parties],
        "witness": plain(terms["witness"]),
        "areas": sorted(terms["areas"]),
        "first_day": terms["first_day"],
        "last_day": terms["last_day"],
        "commitments": sorted(
            [ordinals[position], *rest] for position, *rest in terms["commitments"] if position in ordinals
        ),
        "text": plain(version.text),
        "scan_sha256": version.scan.sha256 if version.scan else "",
        "annexes": [[plain(annex.title), annex.scan.sha256] for annex in version.annexes.listed()],
    }


def _party(party: AgreementParty) -> list[str]:
    organisation = party.organisation
    return [party.ordinal, organisation.name_zh, organisation.credit_code, plain(party.representative)]


def canonical(content: dict[str, Any]) -> bytes:
    """The bytes that parties agree to: the content as JSON with sorted keys and without blanks, in UTF-8."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def fingerprint(body: bytes | memoryview) -> str:
    """文本校验码: SHA-256 of the canonical bytes, in hex."""
    return hashlib.sha256(bytes(body)).hexdigest()


def is_whole(version: AgreementVersion) -> bool:
    """Whether a frozen version is still what the parties agreed to: its bytes, its digest, and the text beside them."""
    if version.body is None or fingerprint(version.body) != version.sha256:
        return False
    try:
        told = json.loads(bytes(version.body))
    except ValueError:
        return False
    scan = version.scan.sha256 if version.scan else ""
    annexes = [[annex.title, annex.scan.sha256] for annex in version.annexes.listed()]
    return (told["text"], told["version"], told["scan_sha256"], told.get("annexes", [])) == (
        plain(version.text), version.number, scan, annexes,
    )  # fmt: skip
