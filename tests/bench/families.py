"""What a child case costs in a small family and in a large one, and its parent's own step beside
it.
"""

from collections import defaultdict
from contextlib import ExitStack
from time import monotonic

from tests.bench.client import Client, answer, open_item
from tests.bench.measures import Place, Samples, Size

CHILDREN = (5, 50)
DEMANDS_PER_CHILD = 4
"""As ``jurisdiction/bench_pilot.bpmn`` makes them: 50 children stand beside 200 demands in their
parent's data.
"""
TURNS = 5


def families(place: Place, size: Size, counts: tuple[int, int] = CHILDREN) -> Samples:
    """One more step of a child, and one of its parent, in a pilot with few children and in one with
    many, in turn.
    """
    office = place.office("families")
    found: Samples = defaultdict(list)
    with ExitStack() as opened:
        opened.callback(office.close)
        client = Client(office.open().port, "bench.one")
        pilots = {count: _pilot(client, count, found) for count in counts}
        deadline = monotonic() + size.seconds
        for turn in range(size.rounds * TURNS):
            for count, (parent, children) in pilots.items():
                child, mother = _step(client, children[turn % counts[0]]), _step(client, parent)
                if turn > 0:
                    found[f"child_{count}_ms"].append(child)
                    found[f"parent_{count}_ms"].append(mother)
            if turn > TURNS and monotonic() > deadline:
                break
    return dict(found)


def _pilot(client: Client, count: int, found: Samples) -> tuple[int, list[int]]:
    """A pilot and its children; its title says how many."""
    case = client.post("/processes/bench_pilot/cases", {"title": str(count)})
    found[f"start_pilot_{count}_ms"].append(client.ms)
    children = [int(child["id"]) for child in case["children"]]
    assert len(children) == count
    return int(case["id"]), children


def _step(client: Client, case: int) -> float:
    """Milliseconds of completing the open item of a case. ``/me`` stands between: a reply of one
    size.
    """
    item = open_item(client.get(f"/cases/{case}"))
    client.get("/me")
    client.post(f"/items/{item}/complete", answer("round"))
    return client.ms
