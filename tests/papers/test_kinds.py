"""Every kind of paper has its things in their places: measured from the PDF, short and long."""

import re

import pytest

from tests.papers import made, samples
from tests.papers.ruler import BASELINE, BOTTOM, CHARACTER, LEFT, LINE, RIGHT, TOP, make, red_ink, sheets

PERIODICALS = ["briefing", "report", "information", "bulletin", "minutes"]
ENDED = [*PERIODICALS, "motion"]
LONG_ORGAN = "中国人民政治协商会议济南市市中区委员会"
LONG_TITLE = "关于进一步加强全区老旧小区物业服务管理和消防通道治理、改善居民停车秩序、方便老年人出行的建议案"
PARAGRAPH = "加装电梯从申请到开工平均需要十三个月，居民不知道卡在哪一步，需要把每个环节都说清楚。"


def near(value, within=.5):
    return pytest.approx(value, abs=within)


def of(kind):
    return sheets(made.paper(kind).content)


def said(content):
    return "".join(line.text for page in sheets(content) for line in page.lines)


# --- heads ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", samples.SAMPLES)
def test_the_self_check_finds_nothing(kind):
    assert [check for check in made.paper(kind).report["checks"] if not check["ok"]] == []


@pytest.mark.parametrize("kind", ENDED)
def test_the_red_name_begins_72_mm_from_the_top_and_the_rule_is_4_mm_below_the_number(kind):
    page = of(kind)[0]
    upper, _lower = red_ink(made.paper(kind).content)
    [rule] = page.red
    above = max(line.y for line in page.lines if line.y < rule.top)
    assert upper == near(72)
    assert rule.top - (above + .12 * CHARACTER) == near(4, .2)
    assert (rule.left, rule.right) == (near(LEFT), near(RIGHT))


def test_a_motion_has_its_number_left_and_its_signer_right():
    page = of("motion")[0]
    line, name = page.line("市中政协发"), page.line("文件")
    assert line.text == "市中政协发〔2026〕3号签发人：王曌"
    assert (line.left, line.right) == (near(LEFT + CHARACTER), near(RIGHT - CHARACTER))
    _upper, lower = red_ink(made.paper("motion").content)
    assert line.y - .88 * CHARACTER - lower == near(2 * LINE + (LINE - CHARACTER) / 2, 1)
    assert page.lines[0].text == "000012"
    assert page.lines[0].y == near(TOP + BASELINE, .1)
    assert name.right - name.left < 150.5


@pytest.mark.parametrize("kind", ["briefing", "motion", "report"])
def test_the_title_stands_about_two_lines_below_the_rule_and_its_lines_end_with_its_words(kind):
    page = of(kind)[0]
    lines = [line for line in page.lines if abs(line.size - 22) < .1]
    assert lines[0].y - page.red[0].bottom == near(2 * LINE + 8.1, LINE / 2)
    assert "".join(line.text for line in lines) == samples.SAMPLES[kind]["title"]
    middle = [(line.left + line.right) / 2 for line in lines]
    assert middle == [near((LEFT + RIGHT) / 2)] * len(lines)


def test_secrecy_and_urgency_stand_below_the_serial_number():
    page = sheets(make("motion", {"serial": 7, "secrecy": "机密★1年", "urgency": "特急"}).content)[0]
    assert [line.text for line in page.lines[:3]] == ["000007", "机密★1年", "特急"]
    assert [line.y for line in page.lines[:3]] == [near(TOP + n * LINE + BASELINE, .1) for n in range(3)]
    assert page.lines[1].font == "Paper-Hei"
    page = sheets(make("motion", {"serial": "", "secrecy": "机密★1年"}).content)[0]
    assert page.lines[0].y == near(TOP + LINE + BASELINE, .1)


def test_a_long_organ_and_a_long_title_still_look_like_a_document():
    paper = make("motion", {"organ_full": LONG_ORGAN, "title": LONG_TITLE})
    assert paper.report["ok"]
    page = sheets(paper.content)[0]
    names = [line for line in page.lines if line.font == "Paper-Title"]
    assert [line.text for line in names[:2]] == ["中国人民政治协商会议", "济南市市中区委员会文件"]
    assert names[0].size > 25
    assert red_ink(paper.content)[0] == near(72)
    assert 3 <= len(names[2:]) <= 4


def test_so_many_addressed_that_no_text_would_be_seen_move_to_the_end_matter():
    many = "中共市中区委、市中区人民政府，" + "各街道党工委、办事处，" * 30
    paper = make("motion", {"main_to": many, "title": LONG_TITLE})
    first, last = sheets(paper.content)[0], sheets(paper.content)[-1]
    assert "协商概况" in "".join(line.text for line in first.lines)
    assert last.line("主送：").size == near(14, .1)


# --- letter -----------------------------------------------------------------------------------------------------------


def test_a_letter_has_its_name_30_mm_from_the_top_and_double_rules():
    page = of("letter")[0]
    upper, _lower = red_ink(made.paper("letter").content)
    thick, thin, thin_below, thick_below = page.red
    name, number = page.line("住房和城乡建设局"), page.line("〔2026〕58号")
    assert upper == near(30)
    assert thick.top - (name.y + .12 * name.size / 72 * 25.4) == near(4)
    assert thick.weight > 2 * thin.weight
    assert thick_below.weight > 2 * thin_below.weight
    assert thick_below.bottom == near(297 - 20)
    assert all(rule.right - rule.left == near(170) for rule in page.red)
    assert number.right == near(RIGHT)
    assert number.y - .88 * CHARACTER - thin.bottom == near(7 / 8 * CHARACTER)


def test_a_letter_has_no_number_on_page_1_and_no_rules_in_its_end_matter():
    paper = make("letter", {"text": [PARAGRAPH * 3] * 8})
    first, *others = sheets(paper.content)
    assert others
    assert not any(re.fullmatch("—\\d+—", line.text) for line in first.lines)
    assert [page.line(f"—{n}—").text for n, page in enumerate(others, 2)]
    assert others[-1].black == []
    assert others[-1].line("抄送：").y < BOTTOM
    assert others[0].red == []


# --- end matter -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ENDED)
def test_the_end_matter_lies_on_the_lower_edge_with_strong_outer_rules(kind):
    rules = [rule for rule in of(kind)[-1].black if rule.weight > .22]  # those of a table are thinner
    assert [rule.weight for rule in rules] == [near(.35, .02), *[near(.25, .02)] * (len(rules) - 2), near(.35, .02)]
    assert rules[-1].bottom == near(BOTTOM)
    assert all((rule.left, rule.right) == (near(LEFT), near(RIGHT)) for rule in rules)


def test_the_end_matter_names_who_gets_it_made_it_and_how_many_were_printed():
    page = of("briefing")[-1]
    assert "编辑：张喆核稿：李堃签发：王曌共印20份" in [line.text for line in page.lines]
    sent, turned = page.line("送：区委办公室"), page.line("源局，区城市管理局")
    assert turned.left - sent.left == near(2 * 14 / 72 * 25.4)
    assert page.line("发：各街道").text.endswith("。")
    assert "抄送：区委办公室" in said(made.paper("motion").content)


@pytest.mark.parametrize("size", range(1, 12))
def test_a_motion_ends_on_an_even_page_and_never_signs_alone(size):
    """Each length puts the end of the text at another line of the page."""
    words = {"problems": [PARAGRAPH] * size * 2, "annexes": [], "recommendations": samples.ADVICE[:1], "contact": ""}
    pages = sheets(make("motion", words).content)
    assert len(pages) % 2 == 0
    assert pages[-1].black
    signed = next(page for page in pages if any(line.text == "政协济南市市中区委员会" for line in page.lines))
    day = next(line for line in signed.lines if line.text == "2026年11月24日")
    before = [line for line in signed.lines if TOP < line.y < day.y - LINE - 1]
    assert len(before) >= 2 or signed is pages[0]
    numbers = [next((line.text for line in page.lines if re.fullmatch("—\\d+—", line.text)), "") for page in pages]
    blank = [n for n, page in enumerate(pages) if not [line for line in page.lines if line.y < BOTTOM]]
    assert numbers == [f"—{n}—" if not blank or n <= blank[0] else "" for n in range(1, len(pages) + 1)]


# --- signature and annexes --------------------------------------------------------------------------------------------


def test_a_sealed_signature_leaves_room_for_the_seal():
    page = next(page for page in of("letter") if any(line.text == "2026年11月24日" for line in page.lines))
    organ = next(line for line in page.lines if line.y > 100 and line.text == "济南市市中区住房和城乡建设局")
    day, body = page.line("2026年11月24日"), page.line("感谢贵会")
    assert organ.y - body.y == near(3 * LINE, .1)
    assert day.y - organ.y == near(LINE, .1)
    assert day.right <= RIGHT - 4 * CHARACTER + .5
    assert (organ.left + organ.right) / 2 == near((day.left + day.right) / 2)


@pytest.mark.parametrize(("organ", "right"), [
    ("区政协", 4), ("政协济南市市中区委员会", 4), (LONG_ORGAN, 6), ("政协济南市" * 8, 7)])
def test_the_date_stands_below_the_middle_of_any_organ(organ, right):
    pages = sheets(make("letter", {"organ_full": organ, "annexes": [], "text": "短文。", "title": "答复"}).content)
    day = pages[0].line("2026年11月24日")
    organs = [line for line in pages[0].lines if line.text in organ and line.y > 100]
    assert "".join(line.text for line in organs) == organ
    assert day.right == near(RIGHT - right * CHARACTER, 3)
    assert all((line.left + line.right) / 2 == near((day.left + day.right) / 2) for line in organs)
    assert all(line.right < RIGHT + .3 for line in organs)


def test_an_unsealed_signature_begins_its_date_two_characters_after_the_organ():
    page = of("text")[0]
    organ, day = page.line("政协济南市市中区委员会"), page.line("2026年11月24日")
    assert organ.right == near(RIGHT - 2 * CHARACTER)
    assert day.left - organ.left == near(2 * CHARACTER)


def test_annexes_are_listed_below_the_body_and_each_begins_a_page():
    pages = of("motion")
    listing = next(page for page in pages if any(line.text.startswith("附件：1.") for line in page.lines))
    first, second = listing.line("附件：1."), listing.line("2.协商会发言摘要")
    assert not second.text.endswith("。")
    assert first.left == near(LEFT + 2 * CHARACTER)
    assert second.left == near(LEFT + 5 * CHARACTER)
    annexes = [page for page in pages if page.lines and page.lines[0].text in ("附件1", "附件2")]
    assert [page.lines[0].font for page in annexes] == ["Paper-Hei"] * 2
    for page in annexes:
        label, title = page.lines[:2]
        assert (label.left, label.y) == (near(LEFT), near(TOP + BASELINE, .1))
        assert title.size == near(22, .1)
        assert title.y == near(TOP + 2 * LINE + 8.1)
    assert pages.index(annexes[1]) < len(pages) - 1


def test_one_annex_bears_no_number():
    assert "附件：舜玉小区" in said(made.paper("report").content)


def test_a_table_with_many_columns_lies_across_its_own_page():
    columns = "".join(f"| 第{n}列 " for n in range(10)) + "|"
    text = f"正文一。\n\n{columns}\n{'|---' * 10}|\n{'| 12 ' * 10}|\n\n正文二。"
    paper = make("text", {"annexes": [{"title": "宽表", "text": text}]})
    pages = sheets(paper.content)
    assert [round(page.width) for page in pages] == [210, 210, 297, 210]
    assert pages[3].line("正文二。")


# --- words ------------------------------------------------------------------------------------------------------------


def test_an_empty_part_is_left_out_and_the_numbers_close_up():
    text = said(make("briefing", {"problems": "", "dissent": [], "overview": "一段。\n又一段。"}).content)
    assert "一、协商概况一段。又一段。二、意见建议（一）一次公开" in text
    assert "三、" not in text


def test_a_problem_is_said_once():
    text = said(made.paper("briefing").content)
    assert text.count("居民不知道卡在哪一步") == 1
    assert "（二）分类挖潜，缓解停车难针对问题：小区现有机动车1260辆" in text


def test_a_correction_says_what_changed_and_why():
    text = said(make("briefing", samples.CORRECTION).content)
    assert "本期更正2026年第3期，原期以本期为准。更正原因：原期所引车位数据有误。" in text
    assert "五、更正说明1.存在问题：原文“固定车位只能满足四分之一住户的需要”，更正为“固定车位只能满足三分之一" in text


def test_minutes_name_who_was_there_with_labels_in_hei():
    page = of("minutes")[-1]
    for label in ("主持：", "出席：", "请假：", "列席："):
        assert (page.line(label).font, page.line(label).left) == ("Paper-Hei", near(LEFT + 2 * CHARACTER))
    turned = page.line("育代表") if any("育代表" in line.text for line in page.lines) else page.line("街道办事处主任）")
    assert turned.left == near(LEFT + 5 * CHARACTER, 1)


def test_a_draft_says_so_on_every_page_and_an_issue_does_not():
    drafted = sheets(make("briefing", draft=True).content)
    assert all(any("尚未签发" in line.text for line in page.lines) for page in drafted)
    assert "尚未签发" not in said(made.paper("briefing").content)


def test_the_code_stands_below_the_text_on_the_inner_side_of_the_last_page():
    for kind in ("briefing", "motion", "information"):
        *others, last = of(kind)
        code = last.line(samples.CODE)
        assert code.y > BOTTOM
        assert (code.right < 105) == (len(others) % 2 == 0)
        assert not any(samples.CODE in line.text for page in others for line in page.lines)


# --- the notice board -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 3, 10, 60])
@pytest.mark.parametrize("address", [samples.ADDRESS, ""])
def test_a_notice_board_sheet_is_one_page_whatever_is_said(size, address):
    words = {
        "title": "老旧小区加装电梯怎么办？" * max(size // 4, 1), "asked": "“装电梯”要多久？A1栋" * size,
        "outcome": [PARAGRAPH] * size, "next": [f"2027年{n}月底前办成（区住房和城乡建设局）" for n in range(size)],
        "organ": LONG_ORGAN, "verify_url": address
    }
    paper = make("board", words)
    assert paper.pages == 1
    text = said(paper.content)
    assert ("以上为摘要" in text) == (size >= 10)
    assert min(line.size for line in sheets(paper.content)[0].lines if "还想说" in line.text) > 21.9


def test_little_text_is_set_in_40_point():
    page = sheets(make("board", {"asked": "停车难吗？", "outcome": "新增车位196个", "next": "", "more": "居委会"}).content)[0]
    assert page.line("停车难吗").size == near(40, .1)
    assert page.lines[0].text == "协商结果公告"


# --- the poster -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["白石", "舜玉片区城中村改造项目（一期）", LONG_TITLE * 3, "A1-07地块XII期" * 8])
@pytest.mark.parametrize("changes", [{}, {"phone": "", "subdistrict": "", "organ": ""}, {
    "organ": LONG_ORGAN + "办公室", "subdistrict": "经济技术开发区第二街道", "phone": "0531-8207 8000、0531-8207 8001转803",
    "address": "shangliang.shizhongqu.zhengxie.jinan.example.gov.cn/say/"}])
def test_a_poster_is_one_page_whatever_the_project_is_called(name, changes):
    paper = make("poster", {"title": name, **changes})
    assert paper.pages == 1 and paper.report["ok"]
    page = sheets(paper.content)[0]
    assert page.line("扫一扫").size > 17.9
    assert all(line.left > 10 and line.right < 200 and line.y < 290 for line in page.lines)
    assert ("打电话" in said(paper.content)) is (changes.get("phone") != "")


def test_a_poster_names_the_project_the_ways_and_the_address():
    page = of("poster")[0]
    assert [line.text for line in page.lines if line.size > 50] == ["舜玉片区城中村改造", "项目（一期）"]
    text = said(made.paper("poster").content)
    for part in ("有话请说", "打电话0531-82078000，有人替您记。", "到舜玉路街道办事处", "shangliang.example.gov.cn/say/",
                 "不用注册，不用留姓名"):
        assert part in text
