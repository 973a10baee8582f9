"""Settings of the property tests: at hand they look further every time, in CI they are the same every time."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile("by_hand", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("by_hand"), derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "by_hand")
