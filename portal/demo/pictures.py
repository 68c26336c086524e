"""Small drawn scenes in the place of photographs, each marked as a picture for demonstration."""

import io
import random
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw, ImageFont

SIZE = (960, 640)
SKY, GROUND, WALL, ROOF, GLASS, WOOD = "#cfe3f2", "#b9ad97", "#e8dfd0", "#8a5a44", "#6f93ad", "#7d6245"
MARK = "演示图片"
#: Where Debian keeps a typeface with Chinese characters.
FONTS = ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", "/usr/share/fonts/truetype/noto/NotoSansCJK-Regular.ttc",
         "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc")


def picture(scene: str, rng: random.Random) -> ContentFile[bytes]:
    """A JPEG of one of the scenes: lane, site, clinic, stop, market, table."""
    image = Image.new("RGB", SIZE, SKY)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 430, 960, 640), fill=GROUND)
    SCENES[scene](draw, rng)
    draw.rectangle((0, 596, 960, 640), fill="#3c4a57")
    draw.text((24, 602), f"{MARK} · {NAMES[scene]}" if _font() else f"demonstration: {scene}", fill="#ffffff", font=_font())
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return ContentFile(out.getvalue(), name=f"{NAMES[scene]}.jpg")


def _font() -> Any:
    path = next((path for path in FONTS if Path(path).exists()), None)
    return ImageFont.truetype(path, 24) if path else None


def _house(draw: ImageDraw.ImageDraw, left: int, top: int, width: int, wall: str = WALL) -> None:
    draw.rectangle((left, top, left + width, 470), fill=wall, outline="#9c927f", width=2)
    draw.polygon([(left - 18, top), (left + width // 2, top - 70), (left + width + 18, top)], fill=ROOF)
    draw.rectangle((left + 24, top + 40, left + 90, top + 100), fill=GLASS, outline="#ffffff", width=4)
    draw.rectangle((left + width - 90, 380, left + width - 34, 470), fill=WOOD)


def _lane(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    for left in (40, 330, 640):
        _house(draw, left, 300 + rng.randint(-30, 30), 230)
    draw.polygon([(420, 640), (560, 640), (510, 470), (480, 470)], fill="#d8cfbd")


def _site(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    for n, left in enumerate((60, 300, 540)):
        floors = rng.randint(5, 9)
        for floor in range(floors):
            draw.rectangle((left, 430 - floor * 38, left + 190, 464 - floor * 38), fill="#c9c4bb", outline="#8f8a80")
            for window in range(4):
                draw.rectangle((left + 14 + window * 44, 438 - floor * 38, left + 40 + window * 44, 456 - floor * 38), fill=GLASS)
        if n == 1:
            draw.line((left + 215, 470, left + 215, 60), fill="#d9a520", width=8)
            draw.line((left + 90, 78, left + 380, 78), fill="#d9a520", width=6)
            draw.line((left + 350, 78, left + 350, 190), fill="#444444", width=2)


def _clinic(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    draw.rectangle((170, 220, 780, 470), fill="#f5f5f0", outline="#9c927f", width=3)
    draw.rectangle((170, 220, 780, 270), fill="#3f8f7a")
    draw.rectangle((455, 290, 495, 390), fill="#c4392f")
    draw.rectangle((425, 320, 525, 360), fill="#c4392f")
    for left in (210, 300, 580, 670):
        draw.rectangle((left, 310, left + 70, 400), fill=GLASS, outline="#ffffff", width=4)


def _stop(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    draw.rectangle((0, 480, 960, 560), fill="#6f747a")
    for left in range(20, 960, 120):
        draw.rectangle((left, 516, left + 60, 524), fill="#ffffff")
    draw.rectangle((520, 300, 900, 320), fill="#2f6f9f")
    draw.line((540, 320, 540, 480), fill="#555555", width=8)
    draw.line((880, 320, 880, 480), fill="#555555", width=8)
    draw.rounded_rectangle((80, 330, 450, 500), 24, fill="#2f9f6f")
    for left in (110, 200, 290, 370):
        draw.rectangle((left, 355, left + 65, 415), fill=GLASS)
    for left in (150, 360):
        draw.ellipse((left, 470, left + 56, 526), fill="#222222")


def _market(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    for n, left in enumerate(range(40, 900, 180)):
        draw.polygon([(left, 320), (left + 160, 320), (left + 140, 260), (left + 20, 260)], fill=("#c4392f", "#2f6f9f")[n % 2])
        draw.rectangle((left + 14, 320, left + 20, 470), fill=WOOD)
        draw.rectangle((left + 140, 320, left + 146, 470), fill=WOOD)
        draw.rectangle((left + 10, 410, left + 150, 470), fill="#d9b382")
        for _crate in range(5):
            x, y = left + rng.randint(24, 130), rng.randint(392, 408)
            draw.ellipse((x - 10, y - 10, x + 10, y + 10), fill=rng.choice(("#e07b39", "#7fae4a", "#d84b4b")))


def _table(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    draw.rectangle((0, 0, 960, 430), fill="#e6e0d4")
    draw.rectangle((120, 60, 840, 120), fill="#a4302a")
    draw.ellipse((180, 360, 780, 540), fill=WOOD)
    for n in range(9):
        x = 130 + n * 86
        y = 330 - (20 if 2 <= n <= 6 else 0)
        draw.ellipse((x - 24, y - 60, x + 24, y - 12), fill="#d8b08c")
        draw.rectangle((x - 36, y - 12, x + 36, y + 60), fill=rng.choice(("#3f5a78", "#5a6b52", "#6e5468", "#555a60")))


SCENES = {"lane": _lane, "site": _site, "clinic": _clinic, "stop": _stop, "market": _market, "table": _table}
NAMES = {"lane": "巷内老宅", "site": "安置房工地", "clinic": "临时卫生服务点", "stop": "公交停靠点", "market": "临时市场",
         "table": "座谈现场"}
