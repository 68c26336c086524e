"""Photos for a paper: upright, on a fresh canvas, no larger than print needs."""

import io

from PIL import Image, ImageOps

from consult.kit.paper.process import PaperFailed

MAX_PIXELS = 40_000_000
DPI = 150
#: The type area, in points of the picture.
BOX = (round(156 / 25.4 * DPI), round(225 / 25.4 * DPI))


def picture(content: bytes) -> bytes:
    """A PNG or JPEG as an asset of ``pdf.make``: at most 150 dpi on the type area, without EXIF or anything else hidden.

    The same content gives the same bytes. Raises PaperFailed when it can't be read or has more than 40 million points.
    """
    try:
        with Image.open(io.BytesIO(content), formats=["PNG", "JPEG", "WEBP"]) as source:
            if source.width * source.height > MAX_PIXELS:
                raise PaperFailed("picture")
            form = "PNG" if source.format == "PNG" else "JPEG"
            source.draft("RGB", (BOX[0] * 2, BOX[1] * 2))  # a JPEG is read at a fraction of its size
            canvas = _canvas(ImageOps.exif_transpose(source))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as broken:
        raise PaperFailed("picture") from broken
    out = io.BytesIO()
    canvas.save(out, form, **({"optimize": True} if form == "PNG" else {"quality": 85}))
    return out.getvalue()


def _canvas(source: Image.Image) -> Image.Image:
    see_through = source.mode in ("RGBA", "LA", "PA") or "transparency" in source.info
    upright = source.convert("RGBA" if see_through else "RGB")
    upright.thumbnail(BOX, Image.Resampling.LANCZOS)
    canvas = Image.new("RGB", upright.size, "white")
    canvas.paste(upright, mask=upright if see_through else None)
    return canvas
