"""1st to 5th after a quarter: its documents go to the operator, signed. By hand: now, some, once more, seen."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from billing import wiring, wiring_edo
from billing.usecases.edo.sending.by_hand import note_seen, once_more, plan, read_request
from billing.usecases.send_to_edo import send_to_edo


@wiring.log.inject_lambda_context
@wiring.tracer.capture_lambda_handler(capture_response=False)
@wiring.metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    asked, outside = read_request(event), wiring.outside()
    edo = wiring_edo.edo_outside()
    if not edo:
        return {"configured": False}
    until = wiring.deadline(context, reserve_s=120)  # a call may take a hundred seconds
    if asked.plan:
        planned = plan(asked.plan, outside, until=until)
        return {"planned": planned.written, "ended": planned.ended}
    if asked.seen:
        return {"seen": note_seen(*asked.seen, outside).value}
    if asked.again:
        once_more(*asked.again, outside)
    run = send_to_edo(outside, edo, until=until, force=asked.force, go_on=asked.go_on, accounts=asked.whose)
    wiring.log.info("sent to the EDO", window=run.window, sent=run.sent, left=run.left, stopped=run.stopped)
    return {"window": run.window, "sent": run.sent, "left": run.left, "ended": run.ended, "waits": run.waits}
