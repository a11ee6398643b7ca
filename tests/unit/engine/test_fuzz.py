"""Random processes: the engine, stored and restored before every act, against the reference
interpreter.
"""

import os
import random
from itertools import count
from typing import Any

import pytest

from service.engine import Run, Waiting
from tests.unit.engine.driver import Case
from tests.unit.engine.generator import Generator
from tests.unit.engine.reference import At, Scope, World

SEEDS = int(os.environ.get("ENGINE_FUZZ_SEEDS", "300"))
FIRST = int(os.environ.get("ENGINE_FUZZ_FIRST", "0"))
SHARE = 50
ACTS = 150
CALM = 100
"""From this act on no loop goes round again, so that every process ends."""


def redraw(generator: Generator, data: dict[str, Any], rnd: random.Random, act: int) -> None:
    """Change some of the data that conditions and collections read."""
    for name, draw in generator.variables.items():
        if rnd.random() < 0.3:
            data[name] = draw()
        if act > CALM and name.startswith("l"):
            data[name] = False


def compare(seed: int) -> None:
    """Run one random process in both worlds; after every act the same must be open."""
    rnd = random.Random(seed)
    generator = Generator(rnd)
    text, block = generator.process(4)
    data = {name: draw() for name, draw in generator.variables.items()}
    case = Case(text, rebuild=seed % 5 == 0, **data).begin()
    world, over = World(case.data), []
    block.go(world, At((), Scope(lambda: None)), lambda: over.append(True))
    for act in range(ACTS):
        run = case.run()
        waiting = run.waiting()
        mine = sorted((w.element, tuple(i for _, i in w.place)) for w in waiting)
        assert mine == world.keys(), (seed, act)
        assert run.finished == bool(over), (seed, act)
        if over:
            return
        redraw(generator, case.data, rnd, act)
        step(run, world, rnd.choice(waiting))
        case.keep(run)


def step(run: Run, world: World, chosen: Waiting) -> None:
    """Do the same act in both worlds."""
    key = (chosen.element, tuple(i for _, i in chosen.place))
    if chosen.kind == "message":
        run.fire(chosen.task, chosen.element)
        world.ears[key][0].done()
    else:
        run.complete(chosen.task)
        world.open[key].pop().done()


@pytest.mark.parametrize("first", range(FIRST, FIRST + SEEDS, SHARE))
def test_random_processes_wait_for_what_the_reference_interpreter_waits_for(first):
    for seed in range(first, min(first + SHARE, FIRST + SEEDS)):
        compare(seed)


def test_the_reference_interpreter_notices_a_difference():
    """A guard for the fuzz itself: a world that heard of one act less differs."""
    for seed in count():
        rnd = random.Random(seed)
        generator = Generator(rnd)
        text, block = generator.process(2)
        case = Case(text, **{name: draw() for name, draw in generator.variables.items()}).begin()
        users = [w for w in case.run().waiting() if w.kind == "user"] if not case.done else []
        if not users:
            continue
        world = World(case.data)
        block.go(world, At((), Scope(lambda: None)), lambda: None)
        case.act("complete", users[0].task)
        after = case.run().waiting() if not case.done else []
        assert sorted((w.element, tuple(i for _, i in w.place)) for w in after) != world.keys()
        return
