"""The bars of ``make bench``: ratios within one run, the same queries at every size."""

from tests.load.bench_table import judge


def run(size, *, cpu=10.0, open_=9.0, deep=11.0, floor=5.0, queries=9, status=200):
    def page(cost, **more):
        return {"cpu": cost, "status": status, "queries": queries, "of": "", **more}
    return {"opinions": size, "floor": {"cpu": floor}, "pages": {
        "clerk list tasks": page(cpu), "clerk open tasks": page(open_), "clerk deep tasks": page(deep, of="clerk list tasks")}}


def test_nothing_is_said_while_every_bar_holds():
    assert judge([run(10), run(1000)]) == []


def test_each_bar_breaks():
    assert ["without rights" in said for said in judge([run(10, open_=5.0)])] == [True]
    assert ["the floor" in said for said in judge([run(10, floor=3.0)])] == [True]
    assert ["the first page" in said for said in judge([run(10, deep=16.0)])] == [True]
    assert len(judge([run(10, status=500)])) == 3
    assert ["9 / 11 queries at 10 / 1,000" in said for said in judge([run(10), run(1000, queries=11)])] == [True, True]


def test_a_list_in_turns_may_stop_asking_and_a_page_far_down_asks_where_it_begins():
    assert judge([run(10), run(1000, queries=10)]) == judge([run(10), run(1000, queries=7)]) == []
    assert len(judge([run(10), run(1000, queries=6)])) == 2
