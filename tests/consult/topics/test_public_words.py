"""Title and focus of a topic are read by everybody: no telephone or identity number in them."""

import pytest
from django.core.exceptions import ValidationError

from consult.topics import actions
from tests import make


@pytest.mark.parametrize("field", ["title", "focus"])
def test_numbers_of_persons_are_refused(place, cast, field):
    facts = make.topic_facts(place, **{field: "过渡费何时发放，请联系 13900001234 核实情况"})
    with pytest.raises(ValidationError) as refused:
        actions.open_topic(**facts, opinions=[], by=cast.office, at=make.AT)
    assert field in refused.value.message_dict
