"""``manage.py typeset``: Markdown on official paper, without a database; errors name file, line and cause."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from consult.kit.paper import markup
from tests.papers.ruler import sheets

TEXT = """# 关于推进老旧小区加装电梯的协商建议

2026年11月6日，区政协围绕“老旧小区加装电梯”开展协商。

## 一、基本情况

全区现有住宅小区**136个**，
其中已加装*418部*。

### （一）进展

1. 完成摸底；
2. 完成设计：
   - 图纸审查
   - 施工许可

表1 各街道情况

| 街道 | 已装 |
|---|--:|
| 舜玉路街道 | 12 |

## 意见建议

Latin words
continue here.
"""
META = {
    "organ": "政协市中区委员会办公室", "date": "2026-11-24", "number": "第3期", "main_to": "中共市中区委",
    "cc": ["报：区委书记", "区住建局"]}


@pytest.fixture
def typeset(tmp_path, capsys):
    """Set a text with its particulars; gives what was printed."""
    def run(text=TEXT, meta=None, *, kind="专报", **options):
        (tmp_path / "in.md").write_text(text) if isinstance(text, str) else (tmp_path / "in.md").write_bytes(text)
        if meta is not None:
            (tmp_path / "meta.json").write_text(meta if isinstance(meta, str) else json.dumps(meta, ensure_ascii=False))
            options["meta"] = tmp_path / "meta.json"
        call_command("typeset", tmp_path / "in.md", kind=kind, out=tmp_path / "out.pdf", **options)
        return capsys.readouterr().out
    return run


def refused(typeset, *args, **kwargs):
    with pytest.raises(CommandError) as wrong:
        typeset(*args, **kwargs)
    assert wrong.value.returncode == 2
    return str(wrong.value)


def lines_of(folder):
    return [line.text for page in sheets((folder / "out.pdf").read_bytes()) for line in page.lines]


def picture(path, size=(600, 400), **options):
    Image.new("RGB", size, "navy").save(path, **options)


def test_a_text_becomes_a_paper_with_its_numbers_put_in(typeset, tmp_path):
    typeset(TEXT, META)
    said = lines_of(tmp_path)
    for line in (
        "第3期", "中共市中区委：", "一、基本情况", "全区现有住宅小区136个，其中已加装418部。", "（一）进展",
        "1.完成摸底；", "（1）图纸审查", "表1各街道情况", "二、意见建议", "Latinwordscontinuehere.", "报：区委书记。",
        "抄送：区住建局。", "政协市中区委员会办公室2026年11月24日印发"):
        assert line in said


def test_the_self_check_is_printed_as_a_table(typeset):
    printed = typeset(TEXT, META, check=True)
    assert "72.0 mm" in printed
    assert "4.0 mm" in printed


def test_a_paper_that_fails_its_check_is_written_and_told(typeset, tmp_path, monkeypatch):
    from consult.kit import pdf
    plain = pdf.make

    def faulty(*args, **kwargs):
        made = plain(*args, **kwargs)
        wrong = {"code": "grid", "measured": 3.0, "wanted": 0.0, "unit": "mm", "ok": False}
        return made._replace(report={"ok": False, "checks": [wrong]})
    monkeypatch.setattr(pdf, "make", faulty)
    with pytest.raises(CommandError) as wrong:
        typeset(TEXT, META, check=True)
    assert wrong.value.returncode == 1
    assert (tmp_path / "out.pdf").exists()


@pytest.mark.parametrize(("kind", "part"), [
    ("motion", "政协市中区委员会办公室文件"), ("协商报告", "协商报告"), ("社情民意信息", "社情民意信息"),
    ("进展通报", "进展通报"), ("会议纪要", "协商会议纪要"), ("letter", "政协市中区委员会办公室"),
    ("text", "中共市中区委：")])
def test_every_kind_by_either_name(typeset, tmp_path, kind, part):
    typeset(TEXT, META, kind=kind)
    assert part in lines_of(tmp_path)


def test_a_notice_board_sheet_is_written_by_its_headings(typeset, tmp_path):
    typeset("# 加装电梯\n\n## 问了什么\n\n要多久？\n\n## 商量结果\n\n- 公开\n- 试点\n", {"organ": "联络室"}, kind="公告")
    assert "问了什么要多久？" in lines_of(tmp_path)
    assert "问了什么" in refused(typeset, "# 电梯\n\n## 别的\n\n文\n", kind="board")


def test_annexes_come_from_the_particulars_or_from_files_beside_the_text(typeset, tmp_path):
    (tmp_path / "附件.md").write_text("## 情况\n\n一段。\n")
    typeset(TEXT, META | {"annexes": [{"title": "摘要", "text": "文。"}, {"title": "情况表", "file": "附件.md"}]})
    said = lines_of(tmp_path)
    assert {"附件：1.摘要", "2.情况表", "附件1", "附件2", "一、情况"} <= set(said)


def test_it_needs_no_database(tmp_path):
    (tmp_path / "in.md").write_text(TEXT)
    command = [sys.executable, "manage.py", "typeset", str(tmp_path / "in.md"), "--out", str(tmp_path / "out.pdf")]
    environment = os.environ | {"DATABASE_URL": "postgres://nobody:none@127.0.0.1:1/none"}
    done = subprocess.run(command, cwd=Path(__file__).parents[2], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.pdf").read_bytes().startswith(b"%PDF-")
    (tmp_path / "in.md").write_text("# 题\n\n<b>粗</b>\n")
    done = subprocess.run(command, cwd=Path(__file__).parents[2], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert f"{tmp_path / 'in.md'}:3: " in done.stderr


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "line"), [
    ("# 题\n\n一段。\n\n<div>块</div>\n", 5), ("# 题\n\n行内<b>粗</b>\n", 3), ("# 题\n\n第一行\n第二行<i>x</i>\n", 4),
    ("# 题\n\n<!-- 注 -->\n", 3), ("# 题\n\n```\n码\n```\n", 3), ("# 题\n\n    缩进\n", 3), ("# 题\n\n`码`\n", 3),
    ("# 题\n\n[链](http://a.cn)\n", 3), ("# 题\n\n<http://a.cn>\n", 3), ("# 题\n\n文\n\n[没用到]: http://a.cn\n", 5),
    ("# 题\n\n> 引文\n", 3), ("# 题\n\n***\n", 3), ("# 题\n\n脚注[^1]\n", 3), ("# 题\n\n~~删~~\n", 3),
    ("# 题\n\n- [ ] 待办\n", 3), ("# 题\n\n文\n\n# 又一题\n", 5), ("# 题\n\n###### 六级\n", 3),
    ("# 题\n\n### 越级\n", 3), ("# 题\n\n## \n", 3), ("# 题\n\n- 一\n  - 二\n    - 三\n      - 四\n", 6),
    ("# 题\n\n![没有](没有.png)\n", 3), ("文字没有题目\n", 1), ("# 题\n\n\U0010fffd字\n", 3),
    ("# 题\n\n" + "长" * 2001 + "\n", 3), ("# 题\n\n文\0字\n", 3), ("\0", 1), ("# \u200b\n\n文\n", 1),
    ("# 题\n\n| 甲 | 乙 |\n|--|--|\n| 一 | 二 |\n| " + "长" * 600 + " | 二 |\n", 6),
    ("# 题\n\n| 甲 | 乙 |\n|--|--|\n| 一 | <b>二</b> |\n", 5)])
def test_what_paper_has_no_form_for_is_an_error_with_its_line(typeset, tmp_path, text, line):
    assert refused(typeset, text, kind="text").startswith(f"{tmp_path / 'in.md'}:{line}: ")
    assert not (tmp_path / "out.pdf").exists()


@pytest.mark.parametrize("name", ["iterdir", "open"])
def test_what_must_not_be_read_is_told_by_name(typeset, tmp_path, monkeypatch, name):
    picture(tmp_path / "a.png")

    usual = getattr(Path, name)

    def refuse(path, *args, **how):
        if path.name in ("a.png", tmp_path.name):
            raise PermissionError(13, "Permission denied")
        return usual(path, *args, **how)

    monkeypatch.setattr(Path, name, refuse)
    said = refused(typeset, "# 题\n\n![图](a.png)\n", kind="text")
    assert str(tmp_path) in said and "Permission denied" in said


@pytest.mark.parametrize("field", ["organ", "title", "cc", "mark", "signer", "contact", "held"])
def test_half_a_character_is_left_out(typeset, tmp_path, field):
    typeset(TEXT, f'{{"{field}": "\\ud800甲"}}')
    assert (tmp_path / "out.pdf").exists()


@pytest.mark.parametrize("title", ["", " ", "\u3000", "\u200b \ufeff"])
def test_a_blank_title_is_none(typeset, tmp_path, title):
    assert refused(typeset, "文字没有题目\n", {"title": title}).startswith(f"{tmp_path / 'in.md'}:1: ")
    typeset("# 题\n\n文\n", {"title": title}, kind="text")
    assert "题" in lines_of(tmp_path)


@pytest.mark.parametrize("meta", ['{"annexes": [{"title": "表", "file": "a\\u0000\\ud800b"}]}', '{"\\ud800": 1}', "[" * 100_000])
def test_no_fault_of_the_particulars_is_a_fault_of_ours(tmp_path, meta):
    """On a terminal, where half a character could not even be told of."""
    (tmp_path / "in.md").write_text(TEXT)
    (tmp_path / "meta.json").write_text(meta)
    command = [sys.executable, "manage.py", "typeset", str(tmp_path / "in.md"), "--out", str(tmp_path / "out.pdf"),
               "--meta", str(tmp_path / "meta.json")]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert str(tmp_path / "meta.json") in done.stderr and "Traceback" not in done.stderr


def test_a_file_in_another_encoding_is_an_error_with_its_line(typeset, tmp_path):
    assert refused(typeset, "# 题\n\n正文\n".encode("gb18030")).startswith(f"{tmp_path / 'in.md'}:1: ")


@pytest.mark.parametrize("meta", [
    '{"organ": }', "[]", '{"organ": 3}', '{"stranger": "x"}', '{"date": "2026-13-01"}', '{"copies": "many"}',
    '{"serial": 1234567}', '{"annexes": [{"title": "表"}]}', '{"annexes": [{"title": "表", "file": "../in.md"}]}',
    '{"annexes": [{"title": "表", "file": "没有.md"}]}', '{"annexes": [{"title": "表", "text": "# 题"}]}',
    '{"organ": "\U0010fffd"}', '{"annexes": [{"title": "表", "file": "a\\u0000b"}]}',
    '{"annexes": [{"title": "表", "file": "a\\ud800b"}]}', '{"annexes": [{"title": "表", "file": "\\n"}]}',
    '{"annexes": [{"title": " ", "text": "文"}]}', '{"annexes": [{"title": "表", "text": "一\\u0000"}]}',
    '{"annexes": ' + "[" * 100_000 + "]" * 100_000 + "}", '{"copies": ' + "[" * 900 + "]" * 900 + "}",
    '{"copies": ' + "9" * 5_000 + "}", '{"\\ud800": "x"}', '{"annexes": [{"title": "表", "file": ""}]}'])
def test_bad_particulars_are_an_error_that_names_the_file(typeset, tmp_path, meta):
    assert str(tmp_path) in refused(typeset, TEXT, meta)
    assert not (tmp_path / "out.pdf").exists()


def test_a_syntax_error_in_the_particulars_has_its_line(typeset, tmp_path):
    assert refused(typeset, TEXT, '{\n"organ": "甲",\n}').startswith(f"{tmp_path / 'meta.json'}:3: ")


def test_an_unknown_kind_names_the_known_ones(typeset):
    assert "建议案 (motion)" in refused(typeset, kind="命令")


def test_a_missing_text_and_a_missing_folder(typeset, tmp_path):
    for options in ({"out": tmp_path / "没有" / "out.pdf"}, {"meta": tmp_path / "没有.json"}):
        (tmp_path / "in.md").write_text(TEXT)
        with pytest.raises(CommandError) as wrong:
            call_command("typeset", tmp_path / "in.md", **({"out": tmp_path / "out.pdf"} | options))
        assert wrong.value.returncode == 2
        assert "没有" in str(wrong.value)


def test_the_paper_never_replaces_its_text(tmp_path):
    (tmp_path / "in.md").write_text(TEXT)
    with pytest.raises(CommandError):
        call_command("typeset", tmp_path / "in.md", out=tmp_path / "in.md")
    assert (tmp_path / "in.md").read_text() == TEXT


def test_a_paper_that_cannot_be_kept_leaves_the_old_one_and_nothing_half_written(typeset, tmp_path, monkeypatch):
    (tmp_path / "out.pdf").write_bytes(b"old")
    monkeypatch.setattr(os, "replace", lambda *_args: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    assert "No space left" in refused(typeset, TEXT)
    assert (tmp_path / "out.pdf").read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.md", "out.pdf"]


# --- pictures ---------------------------------------------------------------------------------------------------------


def test_pictures_come_from_beside_the_text_without_what_they_carry(typeset, tmp_path):
    exif = Image.Exif()
    exif[0x010E] = "GPS-SECRET-PLACE"
    picture(tmp_path / "现场.jpg", size=(4000, 3000), exif=exif)
    typeset("# 题\n\n![三号楼的电梯井](现场.jpg \"图1　现场\")\n", kind="text")
    content = (tmp_path / "out.pdf").read_bytes()
    assert b"GPS-SECRET-PLACE" not in content
    assert "图1现场" in lines_of(tmp_path)


@pytest.mark.parametrize("name", [
    "../out.png", "/etc/passwd", "http://127.0.0.1/a.png", "file:///etc/passwd", "asset:qr", "sub/a.png", "link.png",
    "%2e%2e/a.png", "data:image/png;base64,AAAA"])
def test_nothing_is_read_from_elsewhere(typeset, tmp_path, name):
    (tmp_path / "sub").mkdir()
    picture(tmp_path / "sub" / "a.png")
    (tmp_path / "link.png").symlink_to(tmp_path / "sub" / "a.png")
    assert f"{tmp_path / 'in.md'}:3: " in refused(typeset, f"# 题\n\n![图]({name})\n", kind="text")


def test_a_picture_that_is_none_is_named(typeset, tmp_path):
    (tmp_path / "a.png").write_bytes(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    assert "a.png" in refused(typeset, "# 题\n\n![图](a.png)\n", kind="text")
    picture(tmp_path / "a.png")
    assert ":3: " in refused(typeset, "# 题\n\n![](a.png)\n", kind="text")
    assert ":3: " in refused(typeset, "# 题\n\n文字![图](a.png)\n", kind="text")


@pytest.mark.parametrize(("columns", "signs", "lines"), [
    (1, 36, 32), (2, 17, 32), (5, 6, 32), (8, 3, 32), (9, 5, 22), (12, 3, 22)])
def test_the_longest_row_that_is_let_through_reads_as_it_was_written(typeset, columns, signs, lines):
    def text(size):
        row = "| " + " | ".join("永" * size for _column in range(columns)) + " |\n"
        return f"# 题\n\n文\n\n{row.replace('永' * size, '甲')}{'|--' * columns}|\n{row}\n文\n"

    typeset(text(signs * lines), kind="text", check=True)
    assert ":7: " in refused(typeset, text(signs * lines + 1), kind="text")
    assert markup.blocks(text(signs * lines + 1).partition("\n")[2], fitting=False)


# --- markup -----------------------------------------------------------------------------------------------------------


def test_typed_numbers_give_way_to_ours():
    read = markup.blocks("## 三、甲\n\n### （五）乙\n\n#### 7. 丙\n\n##### (9)丁\n\n## 2026年的事\n")
    assert ["".join(run["text"] for run in block["runs"]) for block in read] == ["甲", "乙", "丙", "丁", "2026年的事"]


def test_line_ends_join_without_a_space_and_forced_ones_begin_a_paragraph():
    read = markup.blocks("第一行\n第二行 end\nof line  \n新段\n")
    assert ["".join(run["text"] for run in block["runs"]) for block in read] == ["第一行第二行 end of line", "新段"]


def test_lists_are_numbered_from_where_they_start():
    read = markup.blocks("3. 三\n4. 四\n   1. 内\n      - 深\n\n续\n")
    assert ["".join(run["text"] for run in block["runs"]) for block in read] == ["3.三", "4.四", "（1）内", "①深", "续"]


def test_an_annex_has_no_title_of_its_own():
    with pytest.raises(markup.Unreadable) as wrong:
        markup.blocks("一段。\n\n# 题\n")
    assert wrong.value.line == 3


def test_a_text_without_end_is_refused_at_once():
    with pytest.raises(markup.Unreadable):
        markup.blocks("长" * 300_000)


def test_cells_keep_their_side_and_their_weight():
    [block] = markup.blocks("| 甲 | 乙 |\n|:--|--:|\n| **一** | 2 |\n")
    assert block["rows"] == [[{"runs": [{"text": "一", "strong": True, "soft": False}], "align": "left"},
                              {"runs": [{"text": "2", "strong": False, "soft": False}], "align": "right"}]]
