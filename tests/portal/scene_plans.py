"""Annual plans for the doors: next year's in draft, this year's adopted."""

from typing import Any

from tests import make
from tests.portal.scene import Scene, builds


@builds("plan:drafted", "plan:adopted")
def _plan(scene: Scene, state: str) -> Any:
    return make.plan(scene.place, scene.cast, year=make.TODAY.year + (state == "drafted"), adopted=state == "adopted")
