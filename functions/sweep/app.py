"""Finish what was cut off; end each run with its report."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from billing import wiring
from billing.usecases.sweep import sweep


@wiring.log.inject_lambda_context
@wiring.tracer.capture_lambda_handler(capture_response=False)
@wiring.metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    swept = sweep(wiring.outside(), until=wiring.deadline(context))
    wiring.log.info("swept", hints=swept.hints, ended=list(swept.ended))
    return {"hints": swept.hints, "ended": list(swept.ended)}
