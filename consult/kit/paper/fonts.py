"""The fonts of the papers: which there are, what they can print, how wide it comes out.

``bin/fonts`` prepares them in ``var/fonts``; where they are missing the machine's Noto Serif CJK stands in.
"""

import json
import subprocess
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

#: CSS family -> font of var/fonts (see bin/fonts). The stacks are in templates/documents/paper.css.
FACES = {"Fang": "fang", "Hei": "hei", "Kai": "kai", "Song": "song", "Title": "title", "Digits": "digits",
         "Rare": "rare", "Serif": "serif", "Serif Bold": "serif-bold", "Sans": "sans"}
STAND_IN = "Noto Serif CJK SC"


def folder() -> Path:
    """``var/fonts``, or the setting PAPER_FONTS. The setter has no Django and is told the folder."""
    from django.conf import settings

    return Path(getattr(settings, "PAPER_FONTS", "") or Path(settings.BASE_DIR) / "var" / "fonts")


def record(folder: Path) -> dict[str, dict[str, str]]:
    """What bin/fonts prepared: name -> file, font, origin, licence, hash."""
    prepared = (folder / "fonts.conf").exists()  # fontconfig can see them
    return json.loads((folder / "fonts.json").read_text()) if prepared else {}


def files(folder: Path) -> dict[str, Path]:
    """The prepared fonts that are there: name -> file."""
    found = {name: folder / entry["file"] for name, entry in record(folder).items()}
    return {name: path for name, path in found.items() if name in FACES.values() and path.exists()}


def environment(folder: Path) -> dict[str, str]:
    """What shows fontconfig the prepared fonts and no others; nothing when there are none."""
    config = folder / "fonts.conf"
    return {"FONTCONFIG_FILE": str(config), "XDG_CACHE_HOME": str(folder / "cache")} if config.exists() else {}


def names(folder: Path) -> str:
    """The fonts in words, for the PDF's metadata and the administrators' page."""
    known, there = record(folder), files(folder)
    return "; ".join(f"{family}={known[name]['font']}" for family, name in FACES.items() if name in there) or STAND_IN


@cache
def coverage(folder: Path) -> frozenset[int]:
    """The code points the papers can print: in one of the prepared fonts, or in the machine's stand-in."""
    if files(folder):
        ranges = (line.split("-") for line in (folder / "covers.txt").read_text().split())
        return frozenset(code for first, last in ranges for code in range(int(first, 16), int(last, 16) + 1))
    return frozenset(code for path, face in _stand_in() for code in TTFont(path, fontNumber=face, lazy=True).getBestCmap())


def advance(folder: Path, name: str, text: str) -> float:
    """The width of the text in the named font, in em."""
    have = _advances(folder, name)
    return sum(have.get(ord(char), 1.0) for char in text)


@cache
def _advances(folder: Path, name: str) -> dict[int, float]:
    path = files(folder).get(name)
    if path is None:  # the stand-in's characters are an em wide, its Latin letters less
        return {code: 0.6 for code in range(0x20, 0x7F)}
    ttf = TTFont(path, lazy=True)
    em, widths = ttf["head"].unitsPerEm, ttf["hmtx"].metrics
    return {code: widths[glyph][0] / em for code, glyph in ttf.getBestCmap().items()}


def _stand_in() -> list[tuple[Path, int]]:
    found = subprocess.run(  # noqa: S603 - fixed words
        ["/usr/bin/fc-match", "-f", "%{file}\n%{index}", STAND_IN], capture_output=True, text=True, check=False)
    path, _newline, face = found.stdout.partition("\n")
    return [(Path(path), int(face or 0) & 0xFFFF)] if path else []
