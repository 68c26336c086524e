"""Scenes of a department's work: kept words, papers, milestones, published replies, text blocks, absences."""

from datetime import timedelta
from typing import Any

from consult.people import absences
from consult.people.roles import Role
from consult.tasks import actions as tasks
from consult.tasks import blocks
from consult.tasks.states import Outcome
from tests import make
from tests.portal.scene import Scene, builds, task


@builds("task:kept")
def _kept(scene: Scene) -> Any:
    made = task(scene, "handling")
    tasks.keep_draft(made, fields={"text": "写了一半"}, version=0, by=scene.cast.clerk, at=make.AT)
    return made


@builds("task:filed")
def _filed(scene: Scene) -> Any:
    made = task(scene, "handling")
    tasks.draft_reply(made, outcome=Outcome.A, text="已办结。", contact="王工", files=[make.photo()], by=scene.cast.clerk,
                      at=make.AT)
    return made


@builds("task:milestone")
def _milestone(scene: Scene) -> Any:
    made = task(scene, "handling")
    tasks.set_milestone(made, title="完成测算", due_on=make.TODAY + timedelta(days=5), by=scene.cast.clerk, at=make.AT)
    return made


@builds("task:key")
def _key(scene: Scene) -> Any:
    made = task(scene, "handling")
    return tasks.lead_key(made, leader=scene.cast.chair, by=scene.cast.supervision, at=make.AT)


@builds("task:published")
def _published(scene: Scene) -> Any:
    made = task(scene, "answered")
    tasks.publish(made, reply=made.replies.get(), text="过渡费已足额发放。", by=scene.cast.supervision, at=make.AT)
    return made


@builds("reply:published")
def _public(scene: Scene) -> Any:
    return scene["task:published"].replies.get()


@builds("textblock:keep")
def _block(scene: Scene) -> Any:
    return blocks.write(department=scene.place.a, title="联系方式", text="工作日可来电咨询。", by=scene.cast.clerk, at=make.AT)


@builds("absence:keep")
def _absence(scene: Scene) -> Any:
    colleague = make.appointed("clerk_a2", "承办人甲二", Role.CLERK, scene.place.jurisdiction, department=scene.place.a)
    return absences.be_away(deputy=colleague, since=make.TODAY, until=make.TODAY + timedelta(days=3), by=scene.cast.clerk,
                            at=make.AT)
