"""Foreign keys point down the house, and no earlier object grows an attribute from a later room."""

from django.apps import apps
from django.db.migrations.loader import MigrationLoader
from django.db.models.fields.related import RelatedField

from consult.kit.grants import GrantBase
from tests.house.law import LAYERS, ROOMS


def relations():
    for config in apps.get_app_configs():
        if config.label in LAYERS and config.name.startswith("consult."):
            for model in config.get_models():
                for key in model._meta.local_fields + model._meta.local_many_to_many:
                    if isinstance(key, RelatedField):
                        yield config.label, model, key


def test_keys_point_down():
    # The account is Django's, through the settings: kit may name it although people stands above kit.
    wrong = [str(key) for room, _model, key in relations()
             if (there := key.related_model._meta.app_label) in LAYERS
             and LAYERS.index(there) > LAYERS.index(room)
             and key.related_model._meta.label != "people.User"]
    assert wrong == []


def test_keys_between_rooms_leave_no_attribute_behind():
    wrong = [f"{key}: related_name={key.remote_field.related_name!r}" for room, model, key in relations()
             if (there := key.related_model._meta.app_label) in LAYERS and there != room
             and not key.remote_field.hidden
             # guardian names the holder's side of a grant; nobody walks it.
             and not (issubclass(model, GrantBase) and key.name == "user")]
    assert wrong == []


def test_every_room_has_tables_and_one_migration_leaf(settings):
    settings.MIGRATION_MODULES = {}  # also when the tests run without migrations
    graph = MigrationLoader(None).graph
    leaves = {room: [node for node in graph.leaf_nodes() if node[0] == room] for room in LAYERS}
    assert {room: found for room, found in leaves.items() if len(found) != 1} == {}


def test_roof_has_no_tables():
    assert not apps.is_installed("consult.journey")
    assert set(ROOMS) <= {config.label for config in apps.get_app_configs()}
