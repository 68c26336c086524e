"""Look-backs, difficulties, bulletins and samples of the scene."""

from typing import Any

from consult.followups import actions as followups
from consult.kit import attachments
from tests import make
from tests.portal.scene import Scene, builds, task


@builds("lookback:planned", "lookback:visited", "lookback:confirmed")
def _lookback(scene: Scene, state: str) -> Any:
    return make.look_back(scene.place, scene.cast, state=state)


@builds("lookback:unheard", "task:visited")
def _unheard(scene: Scene, state: str) -> Any:
    """Visited; the department has not spoken."""
    made = make.look_back(scene.place, scene.cast, state="visited", heard=False, task=task(scene, "answered"))
    return made.task if state == "visited" else made


@builds("lookback:short")
def _short(scene: Scene) -> Any:
    return make.look_back(scene.place, scene.cast, state="confirmed", finding="not")


@builds("sample:drawn")
def _sample(scene: Scene) -> Any:
    task(scene, "answered")
    return make.sample(scene.place, scene.cast)


@builds("difficulty:found", "difficulty:escalated")
def _difficulty(scene: Scene, state: str) -> Any:
    return make.difficulty(scene.place, scene.cast, state=state)


@builds("bulletin:drafted", "bulletin:issued")
def _bulletin(scene: Scene, state: str) -> Any:
    return make.bulletin(scene.place, scene.cast, state=state)


@builds("file:lookback")
def _visited_file(scene: Scene) -> Any:
    found = followups.find(scene["lookback:planned"], kind="carried_out", text="看过了。", photos=[make.photo()],
                           by=scene.cast.member, at=make.AT)
    return attachments.of(found).get()
