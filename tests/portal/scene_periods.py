"""What the doors of a period lead to: the bulletins of the district, and appraisals of a department."""

from typing import Any

from tests import make
from tests.portal.scene import Scene, builds


@builds("district:drafted", "district:issued")
def _district(scene: Scene, state: str) -> Any:
    """On a period in which the clerk's department led and clerk2's handled with it."""
    scene["task:handling"]
    return make.district_bulletin(scene.place, scene.cast, state=state)


@builds("appraisal:department", "appraisal:judged")
def _appraisal(scene: Scene, state: str) -> Any:
    return make.department_appraisal(scene.place, scene.cast, closed=state == "judged")
