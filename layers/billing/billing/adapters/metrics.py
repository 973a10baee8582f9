"""Metrics as lines of the log (EMF): no call, no cost of time."""

from __future__ import annotations

from aws_lambda_powertools.metrics import Metrics, MetricUnit


class EmfMetrics:
    """Implements `ports.Metrics`; the handler's decorator flushes them."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def count(self, name: str, value: float = 1) -> None:
        self._metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
