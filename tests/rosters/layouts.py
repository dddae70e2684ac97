"""The six messy rosters A–F as files: layouts that schools really send; all people and numbers are invented.

Identity-shaped numbers use the area code 999999, which exists nowhere.
"""

import csv
import io

import xlwt
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation

STEMS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
IDENTITY = "999999201501010011"


def name(number: int) -> str:
    """An invented name, different for every number."""
    first, second = divmod(number, len(STEMS))
    return "示例" + (STEMS[first % len(STEMS)] if first else "") + STEMS[second]


def saved(book) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def masterpiece() -> bytes:
    """A: merged title, two-row header, guardians beside the pupil, struck and hidden rows, a summary sheet."""
    book = Workbook()
    book.remove(book.active)
    for number, title in enumerate(["五1班", "五2班", "五3班", "五4班", "五 5班"], start=1):
        one_class(book.create_sheet(title), number)
    summary = book.create_sheet("汇总")
    for row in [["班级", "男", "女", "合计"], ["五1班", 23, 22, 45]]:
        summary.append(row)
    return saved(book)


def one_class(sheet, number):
    sheet["A1"] = f"楼村小学2026—2027学年第一学期五（{number}）班学生花名册"
    sheet["A1"].font = Font(bold=True, size=18)
    sheet["A2"], sheet["E2"] = "班主任：李 敏", "联系电话：138****0000"
    heads = {
        "A3": "序号",
        "B3": "学 号",
        "C3": "姓  名",
        "D3": "性别",
        "E3": "家庭情况",
        "H3": "是否参加课后服务",
        "I3": "备注",
    }
    heads |= {"E4": "监护人姓名", "F4": "与学生关系", "G4": "手机"}
    for place, text in heads.items():
        sheet[place] = text
    for area in ["A1:I1", "A2:D2", "E2:I2", "A3:A4", "B3:B4", "C3:C4", "D3:D4", "E3:G3", "H3:H4", "I3:I4"]:
        sheet.merge_cells(area)
    for line in range(45):
        row, own = 5 + line, f"2022{number:02}{line + 1:02}"
        sheet.append(
            [
                line + 1,
                own,
                name(line),
                "男" if line % 2 else "女",
                f"示父{name(line)}",
                "父",
                13800000000 + line,
                "√",
                None,
            ]
        )
        assert sheet.cell(row, 3).value == name(line)
    sheet["B6"], sheet["C6"], sheet["I6"] = int(f"2022{number:02}02"), "王　芳", "转入（9.15）"
    sheet["B7"], sheet["I7"] = f"2022{number:02}03 ", "已转出"
    sheet["C7"].font = Font(strike=True)
    sheet.row_dimensions[30].hidden = True
    sheet["A50"], sheet["C50"] = "合计", "男23人，女22人"
    sheet["A51"] = "制表人：        校长签字：        （盖章）        2026年9月1日"
    sheet.merge_cells("C50:I50")
    sheet.merge_cells("A51:I51")
    sheet.freeze_panes = "C5"
    sexes = DataValidation(type="list", formula1='"男,女"')
    sexes.add("D5:D49")
    sheet.add_data_validation(sexes)


SYSTEM_HEADINGS = [
    "学校标识码",
    "学校名称",
    "校区名称",
    "年级",
    "班号",
    "班级名称",
    "*姓名",
    "姓名拼音",
    "曾用名",
    "性别",
    "出生日期",
    "出生地行政区划代码",
    "籍贯",
    "民族",
    "国籍/地区",
    "身份证件类型",
    "身份证件号",
    "全国学籍号",
    "学籍辅号",
    "班内学号",
    "入学年月",
    "入学方式",
    "就读方式",
    "户口性质",
    "户口所在地",
    "现住址",
    "通信地址",
    "家庭地址",
    "联系电话",
    "邮政编码",
    "是否独生子女",
    "是否留守儿童",
    "是否进城务工人员随迁子女",
    "是否孤儿",
    "随班就读",
    "残疾类型",
    "学生状态",
    "成员1姓名",
]
RARE = ["示䶮", "示𬭎", "示•买买提"]


def system_export(rows: int = 1870) -> bytes:
    """B: a system's CSV in GB18030 with 38 columns, identity numbers in two of them, a ragged last line."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(SYSTEM_HEADINGS)
    statuses = ["在籍不在校"] * 11 + ["休学"] * 3 + ["转出中"] * 2
    for line in range(rows):
        year, rest = 2021 + line % 6, line // 6
        number, seat = rest % 7 + 1, rest // 7 + 1
        own = f"99999920150101{line:04}"
        shown = f'="{own}"' if line < 900 else own if line < 1850 else "9.99999E+17"
        person = RARE[line] if line < len(RARE) else name(line)
        filled = {
            "学校标识码": "3144000000",
            "学校名称": "楼村小学",
            "年级": f"{year}级",
            "班号": f"{year}{number:03}",
            "班级名称": "" if line % 10 == 0 else f"{year}级{number}班",
            "*姓名": person,
            "性别": "女",
            "出生日期": "20150101",
            "身份证件号": shown,
            "全国学籍号": f"G{own}",
            "班内学号": str(seat),
            "入学年月": f"{year}09",
            "学生状态": statuses[line - 100] if 100 <= line < 116 else "在校",
            "现住址": "示例路1号,\r\n2栋" if line == 5 else "示例路1号",
            "成员1姓名": f"示父{line}",
        }
        writer.writerow([filled.get(heading, "") for heading in SYSTEM_HEADINGS])
    return (out.getvalue() + f"共{rows}条\r\n").encode("gb18030")


def mac_export() -> bytes:
    """C: UTF-8 with BOM, semicolons, classes that a program turned into dates."""
    lines = [
        "班级;座号;姓名;备注",
        "3月1日;1;示例甲;",
        "46145;2;示例乙;",
        "5.1;03;示例丙;",
        "5.1;04;示例丁;",
        "五（3）班;5 ;示例戊 ;转学",
        ";6;示例己;",
        "五(3)班;6;示例己;",
        '=HYPERLINK("http://x","示例庚");7;;',
    ]
    return b"\xef\xbb\xbf" + "\n".join(lines).encode()


def two_a_line() -> bytes:
    """D: .xls, two pupils a line, an empty seat, marks that are not attendance, a legend at the foot."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Sheet1")
    sheet.write_merge(0, 0, 0, 7, "四（2）班点名册（2026年秋）")
    for column, text in enumerate(["号", "姓名", "周二", "周四"] * 2):
        sheet.write(1, column, text)
    for line in range(23):
        row = 2 + line
        sheet.write(row, 0, line + 1)
        if line != 11:
            sheet.write(row, 1, name(line))
        sheet.write(row, 2, "√○△"[line % 3])
        sheet.write(row, 4, line + 24)
        sheet.write(row, 5, {11: "示例卯（英文名Leo）", 22: "欧阳示例"}.get(line, name(line + 100)))
        sheet.write(row, 7, "假" if line == 1 else "√")
    sheet.write_merge(25, 25, 0, 7, "√到 ○迟到 △请假 ×缺席")
    return saved(book)


CLUB_HEADINGS = [
    "序号",
    "学校",
    "校区",
    "社团名称",
    "上课时间",
    "指导教师（校内/校外）",
    "年级",
    "班",
    "学生姓名",
    "性别",
    "家长电话",
    "是否缴费",
]
SCHOOLS = ["楼村小学", "深圳市光明区楼村小学", "楼村小学（本部）", "光明区实验学校小学部", "中大深附", "东周小字"]


def clubs_of_all_schools(rows: int = 9300) -> bytes:
    """E: one sheet by the bureau with the clubs of all schools, merged school cells, a heading again in the middle."""
    book = Workbook()
    sheet = book.active
    sheet.title = "汇总"
    sheet["A1"] = "2026年秋季全区社团报名汇总表"
    sheet.merge_cells("A1:L1")
    sheet["A2"] = "请于9月10日前报送,勿改动表头！"
    sheet["A2"].font = Font(color="FFFF0000")
    sheet.append(CLUB_HEADINGS)
    grades = [("五", "3"), ("5年级", "3班"), ("三、四", ""), ("七", "2"), ("五(3)", "")]
    times = ["每周二16:40-17:30", "周2、4", "单周三", "16：40"]
    line, row = 0, 4
    while line < rows:
        block = min(30, rows - line)
        club, school = line // 30, SCHOOLS[line // 30 % len(SCHOOLS)]
        every_row = club % 3 == 0
        grade, number = grades[club % len(grades)]
        for member in range(block):
            first = member == 0 or every_row
            where = school if first else None, "", f"机器人{club}" if first else None, times[club % 4], "示师"
            who = grade, number, name(line + member), "男", f"138{line + member:08}", "是"
            sheet.append([line + 1, *where, *who])
        if not every_row:
            sheet.merge_cells(start_row=row, end_row=row + block - 1, start_column=2, end_column=2)
            sheet.merge_cells(start_row=row, end_row=row + block - 1, start_column=4, end_column=4)
        row, line = row + block, line + block
        if club == 136:
            sheet.append(["2026年秋季全区社团报名汇总表"])
            sheet.append(CLUB_HEADINGS)
            row += 2
    return saved(book)


def unicode_text() -> bytes:
    """F1: UTF-16 text that calls itself .xls; some numbers are lost to scientific form."""
    lines = ["班级\t姓名\t学号"]
    for line in range(132):
        number = "2.022E+07" if line < 40 else f"2022{line:04}"
        lines.append(f"五（{line % 3 + 1}）班\t{name(line)}\t{number}")
    return ("\r\n".join(lines) + "\r\n").encode("utf-16")


def html_table() -> bytes:
    """F2: HTML that calls itself .xls."""
    text = "<td style=\"mso-number-format:'\\@'\">"
    cells = "".join(
        f"<tr>{text}五(1)班</td><td>{line + 1}</td><td>示&nbsp;例{STEMS[line]}</td><td>男</td><td></td><td>√</td></tr>"
        for line in range(12)
    )
    head = "<tr><th>班级</th><th>座号</th><th>姓名</th><th>性别</th><th>备注</th><th>费用</th></tr>"
    page = f"<meta charset=gb2312><table border=1><tr><th colspan=6>学生花名册</th></tr>{head}{cells}</table>"
    return page.encode("gb18030")


def locked() -> bytes:
    """F3: what a password makes of a .xlsx: an OLE container with an encrypted package (the directory entry suffices)."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(4096)


CHAT = "1.示例甲 2.示例乙、示例丙，4 示例丁（请假）"
