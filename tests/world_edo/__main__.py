"""`python -m tests.world_edo campaign|quarter COMPANY SEED …`: the same worlds again, to look into."""

import sys

from tests.world.tale import light_papers
from tests.world_edo.hunting import RATE, feeds
from tests.world_edo.tale import digest, play

what, of, *seeds = sys.argv[1:]
with light_papers():
    for seed in map(int, seeds):
        world = play(what, of, seed=seed, rate=RATE if seed else 0.0, **feeds(seed))
        print(seed, digest(world)[:16], f"calls {len(world.trace)}", dict(world.faults))
