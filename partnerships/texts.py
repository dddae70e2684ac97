"""The text of agreements: the usual clauses to start from, and the canonical form whose digest is the fingerprint.

The canonical text is Chinese; an English copy would be for convenience and is not hashed.
"""

import hashlib
import json
import unicodedata

from partnerships.models import Agreement, AgreementVersion

FORM = "guanxiao-agreement-1"

# Clauses as in agreements seen (policy.md §4); the parties are named above the text.
CLAUSES = """第一条 合作目的：依据《关于利用科普资源助推“双减”工作的通知》，各方资源共享、优势互补，服务学生成长。
第二条 合作内容：{areas}。
第三条 每学期的约定事项及数量见本协议“约定事项”表，由各方按教学计划逐次确认日期。
第四条 甲方提供场地、展品和讲解，提前公布可预约的场次；活动内容符合学生年龄特点。
第五条 学校组织学生参加活动，按师生配比安排带队教师，并做好行前安全教育。
第六条 面向学校团体的活动免费或优惠；确需收费的，事先列明项目和标准，由学生自愿参加。
第七条 各方分工负责活动期间的学生安全，依法购买相应保险，落实应急预案。
第八条 直接接触学生的人员须通过准入查询，查询结论在活动当日有效。
第九条 各方仅为组织活动使用学生信息，活动结束后按约定期限删除，不向他人提供。
第十条 宣传报道涉及学生肖像的，须事先取得监护人同意。
第十一条 各方指定联系人，每学期召开两次联席会议。
第十二条 协议变更须经各方协商一致；任何一方可提前三十日书面通知退出；争议由各方协商解决。
第十三条 本协议自各方签署并备案后生效，各方各执一份。"""


def usual_clauses(areas: list[str]) -> str:
    """The template filled with the areas of cooperation, in Chinese."""
    return CLAUSES.format(areas="、".join(AREAS_ZH[Agreement.Area(area)] for area in areas) or "学生活动")


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


def plain(text: str) -> str:
    """The text as it is hashed: NFC, one line end, no blanks at line ends, no empty lines around."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def canonical(version: AgreementVersion) -> bytes:
    """The bytes that parties agree to: text, parties, areas, dates and commitments as sorted JSON in UTF-8."""
    agreement = version.agreement
    parties = agreement.parties.present().select_related("organisation")
    promises = agreement.commitments.select_related("term", "party")
    content = {
        "form": FORM,
        "title": plain(agreement.title),
        "version": version.number,
        "parties": [[party.ordinal, party.organisation.name_zh, party.organisation.credit_code] for party in parties],
        "witness": plain(agreement.witness),
        "areas": sorted(agreement.areas),
        "first_day": agreement.starts_on.isoformat(),
        "last_day": agreement.last_day.isoformat(),
        "commitments": sorted(
            [
                promise.party.ordinal,
                f"{promise.term.school_year}-{promise.term.half}",
                promise.kind,
                promise.promised,
                promise.is_ceiling,
            ]
            for promise in promises
        ),
        "text": plain(version.text),
        "scan_sha256": version.scan.sha256 if version.scan else "",
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def fingerprint(body: bytes | memoryview) -> str:
    """文本校验码: SHA-256 of the canonical bytes, in hex."""
    return hashlib.sha256(bytes(body)).hexdigest()
