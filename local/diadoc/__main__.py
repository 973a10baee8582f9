"""`python -m local.diadoc`: the stand-in, kept up until it is interrupted."""

from __future__ import annotations

import argparse
import json
import signal
import threading
from pathlib import Path

from local.diadoc.stand_in import DiadocStandIn


def main() -> None:
    """Serve; with --state, go on from that file and write it back at the end."""
    parser = argparse.ArgumentParser(prog="python -m local.diadoc", description="Diadoc on this machine")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=3100)
    parser.add_argument("--seed", default="diadoc", help="ids and keys follow from it")
    parser.add_argument("--state", type=Path, help="a JSON file the state is read from and written to")
    chosen = parser.parse_args()
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with DiadocStandIn(seed=chosen.seed, host=chosen.host, port=chosen.port) as diadoc:
        if chosen.state and chosen.state.exists():
            diadoc.import_state(**json.loads(chosen.state.read_text(encoding="utf-8")))
        print(f"Diadoc stand-in listens on {diadoc.url}, controls: {diadoc.url}/stand-in/", flush=True)
        stopped.wait()
        if chosen.state:
            written = json.dumps(diadoc.export_state(), ensure_ascii=False)
            chosen.state.parent.mkdir(parents=True, exist_ok=True)
            chosen.state.write_text(written, encoding="utf-8")


if __name__ == "__main__":
    main()
