"""The same worlds again, to look into: by seed, or with one call struck.

python -m tests.world_edo campaign|quarter COMPANY SEED|CALL=KIND …
"""

import sys

from tests.world.tale import light_papers
from tests.world_edo.hunting import RATE, feeds
from tests.world_edo.tale import digest, play

what, of, *worlds = sys.argv[1:]
with light_papers():
    for text in worlds:
        call, _, kind = text.partition("=")
        if kind:
            world = play(what, of, small=True, plan={int(call): kind})
        else:
            world = play(what, of, seed=int(call), rate=RATE if int(call) else 0.0, **feeds(int(call)))
        print(text, digest(world)[:16], f"calls {len(world.trace)}", dict(world.faults))
