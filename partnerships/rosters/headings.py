"""Which column holds what (R2): the headings that rosters use, and those that are never read."""

import enum
import re
import unicodedata


class Column(enum.StrEnum):
    NAME = "name"
    CLASS = "class"
    GRADE = "grade"
    ENTRY = "entry"  # year of entry, as 202109 or 2021-09
    NUMBER = "number"  # the school's own pupil number, unique in the school
    SEAT = "seat"  # number within the class
    STATUS = "status"
    REMARK = "remark"  # looked at only for 转出, 休学
    SCHOOL = "school"
    GROUP = "group"
    TIME = "time"
    IGNORED = "ignored"


HEADINGS = {
    Column.NAME: "姓名 学生姓名 名字 学生名字 name",
    Column.CLASS: "班级 班别 所在班级 行政班 班 班号 班级名称 class",
    Column.GRADE: "年级 所在年级 grade",
    Column.ENTRY: "入学年月 入学年份 入学年度 入学年 入学时间",
    Column.NUMBER: "学号 校内学号 number no studentno studentnumber",
    Column.SEAT: "座号 班内学号 班内序号 号 座位号 seat",
    Column.STATUS: "学生状态 学籍状态 在校状态 就读状态 状态",
    Column.REMARK: "备注 说明 remark remarks",
    Column.SCHOOL: "学校 学校名称 所在学校 就读学校",
    Column.GROUP: "社团名称 社团 活动小组 小组名称 课程名称 兴趣小组",
    Column.TIME: "上课时间 活动时间 时间",
    # known, so that they help to find the heading row, and never read
    Column.IGNORED: (
        # 序号 shifts whenever a row goes, so it never identifies anybody
        "序号 编号 性别 出生日期 出生年月 生日 身份证 身份证号 身份证号码 身份证件号 证件号码 学籍号 全国学籍号 民族 籍贯 "
        "家庭住址 家庭地址 现住址 地址 电话 手机 手机号 联系电话 家长电话 家长手机 家长姓名 家长 监护人 监护人姓名 "
        "父亲姓名 母亲姓名 与学生关系 照片 健康状况 银行卡号 开户行 校区 指导教师 班主任 是否缴费 sex gender birthday phone"
    ),
}
KNOWN = {heading: column for column, headings in HEADINGS.items() for heading in headings.split()}
# 家长信息/姓名 is somebody else's name
OTHER_PERSON = re.compile(r"家长|家庭|监护|父|母|亲属|联系人|教师|老师|班主任|成员|紧急")
DECORATION = re.compile(r"[\s*★☆:：_]|[(（]必填[)）]|[(（]选填[)）]")


def plain(heading: str) -> str:
    """A heading as it is compared: NFKC, lower case, without blanks, stars and (必填)."""
    return DECORATION.sub("", unicodedata.normalize("NFKC", heading)).lower()


def column_of(upper: str, lower: str) -> Column | None:
    """What a column holds, from its one- or two-row heading; None for a heading nobody knows."""
    upper, lower = plain(upper), plain(lower)
    if upper and lower and upper != lower:
        found = KNOWN.get(lower)
        return Column.IGNORED if found and OTHER_PERSON.search(upper) else found
    return KNOWN.get(lower or upper)


def label(upper: str, lower: str) -> str:
    """The heading as the preview names it."""
    upper, lower = "".join(upper.split()), "".join(lower.split())
    return f"{upper}/{lower}" if upper and lower and upper != lower else lower or upper
