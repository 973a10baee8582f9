"""What became of our documents at the operator: every quarter of an hour, and at night with a look at all of them."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from billing import wiring, wiring_edo
from billing.usecases.track_edo import track_edo


@wiring.log.inject_lambda_context
@wiring.tracer.capture_lambda_handler(capture_response=False)
@wiring.metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    edo = wiring_edo.edo_outside()
    if not edo:
        return {"configured": False}
    until = wiring.deadline(context, reserve_s=120)  # a call may take a hundred seconds
    run = track_edo(wiring.outside(), edo, until=until, sweep=event.get("sweep", False))
    wiring.log.info(
        "edo tracked",
        events=run.events,
        moved=run.moved,
        receipts=run.receipts,
        ended=run.ended,
        stopped=run.stopped,
    )
    return {"events": run.events, "moved": run.moved, "complete": run.complete, "ended": run.ended}
