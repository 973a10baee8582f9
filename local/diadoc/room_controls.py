"""Over the stand-in itself: faults, time, settings, what was seen, the state as a whole."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import serialization

from local.diadoc import jobs
from local.diadoc.application import Application
from local.diadoc.clock import Clock
from local.diadoc.faults import Fault, FaultKind
from local.diadoc.http_shapes import Json
from local.diadoc.persistence import from_json, to_json
from local.diadoc.records import Settings, State


class RoomControls:
    """Controls over the room the play is given in."""

    def __init__(self, application: Application, clock: Clock) -> None:
        self._application = application
        self._clock = clock

    # --- faults, time, settings

    def fail(self, *, kind: str, **more: Any) -> None:
        """Order a fault; `more` are fields of the record Fault."""
        with self._application.lock:
            self._application.faults.waiting.append(Fault(kind=FaultKind(kind), **more))

    def forget_faults(self) -> None:
        """Nothing goes wrong any more."""
        with self._application.lock:
            self._application.faults.waiting.clear()

    def faults(self) -> list[Fault]:
        """The faults that wait."""
        with self._application.lock:
            return list(self._application.faults.waiting)

    def clock(self) -> str:
        """The moment here."""
        return self._clock.now().isoformat()

    def advance(self, *, seconds: float) -> str:
        """Move the clock forward; what came due meanwhile is done."""
        with self._application.lock:
            self._clock.advance(seconds)
            jobs.run_due(self._application.world)
            return self.clock()

    def stop_clock(self, *, at: str = "") -> str:
        """Stop the clock at a moment (ISO-8601 with a zone), or where it is."""
        with self._application.lock:
            self._clock.stop_at(datetime.fromisoformat(at) if at else self._clock.now())
            return self.clock()

    def run_clock(self) -> str:
        """Tick again with the machine."""
        with self._application.lock:
            self._clock.run()
            return self.clock()

    def settings(self, **changes: Any) -> Settings:
        """The settings, after these changes."""
        with self._application.lock:
            settings = self._application.world.state.settings
            for name, value in changes.items():
                if not hasattr(settings, name):
                    raise TypeError(f"there is no setting {name}")
                setattr(settings, name, value)
            return settings

    # --- what was seen

    def calls(self) -> list[Json]:
        """The log of calls, oldest first; status 0 is an answer that was lost."""
        with self._application.lock:
            return self._application.call_rows()

    def statistics(self) -> Json:
        """Calls by endpoint and status, and the size of the state."""
        with self._application.lock:
            return self._application.statistics()

    def forget_calls(self) -> None:
        """Begin the log anew."""
        with self._application.lock:
            self._application.calls.clear()
            self._application.counts.clear()

    def documents(self, *, box: str = "") -> list[Json]:
        """Every document with its message and its states, of one box or of all: to find what to sign."""
        with self._application.lock:
            jobs.run_due(self._application.world)
            wanted = self._application.world.organization(box).box_id if box else ""
            return [
                {
                    "message_id": message.message_id,
                    "from_box": message.from_box,
                    "to_box": message.to_box,
                    **to_json(document),
                }
                for message in self._application.world.state.messages.values()
                if not wanted or wanted in (message.from_box, message.to_box)
                for document in message.documents
            ]

    # --- signatures

    def sign(self, *, content: bytes, owner: str = "Подписантова Анна", inn: str = "") -> bytes:
        """A detached CMS that the stand-in trusts: a signing service for tests."""
        with self._application.lock:
            return self._application.world.authority.issue(owner=owner, inn=inn).sign(content)

    def authority_certificate(self) -> str:
        """The certificate of the stand-in's own authority, PEM."""
        with self._application.lock:
            certificate = self._application.world.authority.certificate
            return certificate.public_bytes(serialization.Encoding.PEM).decode()

    # --- the state as a whole

    def export_state(self) -> Json:
        """All that is remembered, the clock's place with it, as JSON."""
        with self._application.lock:
            moved, stopped = self._clock.place()
            clock = {"moved_s": moved.total_seconds(), "stopped_at": stopped.isoformat() if stopped else ""}
            return {"state": to_json(self._application.world.state), "clock": clock}

    def import_state(self, *, state: Json, clock: Json | None = None) -> None:
        """Go on from an exported state."""
        with self._application.lock:
            self._application.replace(from_json(State, state))
            if clock is not None:
                stopped = datetime.fromisoformat(clock["stopped_at"]) if clock["stopped_at"] else None
                self._clock.put(timedelta(seconds=clock["moved_s"]), stopped)

    def reset(self) -> None:
        """Forget everything but the seed and the settings."""
        with self._application.lock:
            now = self._application.world.state
            self._application.replace(State(seed=now.seed, settings=now.settings))
            self._application.faults.waiting.clear()
            self.forget_calls()
