"""What the doors of the triage desk lead to: an opinion of two matters, what was split off, the office's usual words."""

from typing import Any

from consult.opinions import letters, splitting
from tests import make
from tests.portal.scene import Scene, builds, voice


@builds("opinion:double")
def _double(scene: Scene) -> Any:
    """Two matters in one."""
    return voice(scene, text="过渡费三个月没有到账。楼下路灯也坏了。")


@builds("opinion:part")
def _part(scene: Scene) -> Any:
    first = voice(scene, text="电梯停了两周。菜场太远。")
    return splitting.split(first, chosen=[1], message="分开办理。", by=scene.cast.office, at=make.AT)


@builds("words:keep")
def _words(scene: Scene) -> Any:
    return letters.write(jurisdiction=scene.place.jurisdiction, outcome="keep", name="常用", text="已留存。",
                         by=scene.cast.office, at=make.AT)
