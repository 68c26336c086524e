"""What would take too long, too much room or too many pages is refused in words; the setter survives or is replaced."""

import io
import struct
import zlib
from functools import cache

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from consult.kit import pdf
from consult.kit.paper import process
from tests.papers import pages


@pytest.mark.parametrize(("body", "code"), [
    (f"<p>{'永' * 100_000}</p>", "long_paragraph"),
    (f"<p>{'a' * 100_000}</p>", "long_paragraph"),
    (f"<p>{'永<br>' * 10_000}</p>", "long_paragraph"),
    (f"<p>{'<br>' * 10_000}</p>", "long_paragraph"),
    ("<p>" + "<span>" * 300 + "永", "deep"),
    ("<div>" * 300 + "永", "deep"),
    ("<ul><li>" * 100 + "永", "deep"),
    (f"<p>{'永' * 1_900}</p>" * 60, "long_paper"),
    ("<p>永</p>" * 10_500, "long_paper"),
    ("<table>" + "<tr><td>永</td></tr>" * 601 + "</table>", "long_paper"),
    ("<p>" + "".join(map(chr, range(0x20000, 0x20700))) + "</p>", "unprintable"),
])
@pytest.mark.timeout(60)
def test_hostile_text_is_refused_before_it_is_set(body, code):
    with pytest.raises(ValidationError) as refused:
        pages.make(body)
    assert refused.value.code == code and refused.value.messages


def test_examine_refuses_the_same_without_setting(monkeypatch):
    monkeypatch.setattr(pdf, "render_to_string", lambda *args: f"<p>{'永' * 3_000}</p>")
    monkeypatch.setattr(process, "run", None)
    with pytest.raises(ValidationError):
        pdf.examine("documents/test.html", {})


@pytest.mark.parametrize("body", [
    "<p>" + "a" * 2_000 + "</p>",
    "<p>https://shangliang.example.gov.cn/" + "a1b2" * 100 + "</p>",
    "<p>" + "永\u0301\u0301\u0301\u0301\u0301\u0301" * 280 + "</p>",
    "<table><tr>" + "<td>" + "a" * 300 + "</td><td>永</td></tr></table>",
    "<p>" + "永<br>" * 190 + "</p>",
])
def test_what_is_allowed_stays_in_the_type_area(body):
    paper = pages.make(body)
    for line in [*pages.lines(paper.content), *pages.lines(paper.content, size=12)]:
        assert line.left >= 27.5 and line.right <= 184.6


@pytest.mark.parametrize("sign", ["\ufff9", "\u061c", "\u180e", "\ufe0f", "\U000e0100", "\U000e0061", "\u302e", "\u302f"])
def test_invisible_signs_do_not_stop_a_paper_that_is_signed(sign):
    report = pages.make(f"<p>区政协{sign}开展协商</p>", measured=True).report
    assert [one["code"] for one in report["checks"] if not one["ok"]] == []


@pytest.mark.parametrize("sign", ["\u0600", "\u06dd", "\U000110bd"])
def test_signs_of_a_format_that_are_drawn_are_refused_when_no_font_has_them(sign):
    assert pdf.unprintable(f"区{sign}") == [sign]


def test_too_many_pages_are_refused_and_the_next_paper_is_set():
    with pytest.raises(pdf.PaperFailed) as failed:
        pages.make("<p>永</p>" * 22 * (pdf.MAX_PAGES + 1))
    assert failed.value.code == "pages" and "120" in str(failed.value.reason)
    assert pages.make("<p>永</p>").pages == 1


@pytest.mark.timeout(120)
def test_time_memory_and_cpu_are_limited(monkeypatch):
    slow = "".join(f"<p>{'永，' * 900}</p>" for _number in range(40))
    for limit, value, codes in (("WALL_SECONDS", 0.3, {"time"}), ("CPU_SECONDS", 1, {"time"}),
                                ("MEMORY_BYTES", 250 << 20, {"memory", "crash"})):
        with monkeypatch.context() as patched:
            patched.setattr(process, limit, value)
            process._setter.close()
            body = slow if limit != "MEMORY_BYTES" else _bomb_body()
            with pytest.raises(pdf.PaperFailed) as failed:
                pages.make(body, assets={} if body is slow else {"a": png(4_800, 4_800)})
            assert failed.value.code in codes
        process._setter.close()
    assert pages.make("<p>永</p>").pages == 1


def _bomb_body():
    return '<p>永</p><img alt="图" src="asset:a">'


def png(width, height):
    """A black picture of this size in a few kilobytes; of an enormous one only the beginning."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pack = zlib.compressobj(9)
    rows = b"".join(pack.compress(bytes(1 + width * 3)) for _row in range(min(height, 4_800))) + pack.flush()
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", rows) + chunk(b"IEND", b""))


@pytest.mark.parametrize("content", [
    pytest.param(lambda: png(9_000, 9_000), id="81 million points"),
    pytest.param(lambda: png(20_000, 20_000), id="400 million points"),
    pytest.param(lambda: b"no picture", id="no picture"),
    pytest.param(lambda: photo()[:3_000], id="half a picture"),
    pytest.param(lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><rect></svg>", id="broken drawing"),
])
@pytest.mark.timeout(60)
def test_a_bad_picture_is_refused_not_left_out(content):
    asset = content()
    with pytest.raises(pdf.PaperFailed) as failed:
        pages.make('<img alt="图" src="asset:a">', assets={"a": asset})
    with pytest.raises(pdf.PaperFailed):
        pdf.picture(asset)
    assert failed.value.code == "picture"


@cache
def photo(size=(3_000, 2_000)):
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "a maker"  # turned, and who made it
    Image.effect_noise(size, 60).convert("RGB").save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_a_photo_is_scaled_down_turned_upright_and_bare():
    made = pdf.picture(photo())
    with Image.open(io.BytesIO(made)) as picture:
        assert picture.size[0] <= 921 and picture.size[1] <= 1_329 and picture.height > picture.width
        assert not picture.getexif()
    assert made == pdf.picture(photo()) and b"a maker" not in made
    assert pages.make('<img alt="图" src="asset:a">', assets={"a": made}).pages == 1
