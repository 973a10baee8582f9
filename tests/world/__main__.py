"""`python -m tests.world SEED …`: the same worlds again, to look into."""

import sys

from tests.world.tale import digest, light_papers, play

with light_papers():
    for text in sys.argv[1:]:
        world = play(int(text))
        print(text, digest(world)[:16], f"calls {world.calls}", dict(world.faults))
