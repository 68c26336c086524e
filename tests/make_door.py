"""What comes through the resident's door: photos as a telephone makes them, outlines, forms as a browser sends them."""

import io
import json
import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from consult.renewal import actions
from consult.renewal.models import RenewalProject
from consult.topics import joining
from consult.topics.models import Topic
from tests import make

WHERE = "GPSCANARY"


def snapshot(name: str = "张三家门口.jpg", kind: str = "JPEG", side: int = 64) -> SimpleUploadedFile:
    """A photo that says where and by whom it was taken."""
    exif = Image.Exif()
    exif[0x013B] = f"{WHERE}-ARTIST"
    exif.get_ifd(0x8825).update({1: "N", 2: (36.0, 38.0, 51.25), 3: "E", 4: (116.0, 58.0, 12.5), 29: f"{WHERE}-DATE"})
    out = io.BytesIO()
    Image.new("RGB", (side, side * 3 // 4), "#7a8a6a").save(out, kind, **({"exif": exif} if kind == "JPEG" else {}))
    return SimpleUploadedFile(name, out.getvalue(), f"image/{kind.lower()}")


def said(**values: Any) -> dict[str, Any]:
    """The form of handing in, as sent."""
    return {"key": str(uuid.uuid4()), "text": "小学名额不够，孩子要跨区上学。", "identity_mode": "anonymous", **values}


def square(x: float = 117.0, y: float = 36.6, side: float = 0.01) -> list[list[float]]:
    return [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]


def geojson(*rings: Any, kind: str = "Polygon") -> str:
    return json.dumps({"type": kind, "coordinates": list(rings or [square()])})


def outlined(project: RenewalProject, by: Any, ring: Any = None) -> RenewalProject:
    return actions.set_outline(project, outline=geojson(ring or square()), by=by, at=make.AT)


def joined(topic: Topic) -> Topic:
    """Somebody said “me too” to it."""
    joining.join(topic, key=uuid.uuid4(), at=make.AT)
    return topic
