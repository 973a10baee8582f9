"""20th to 25th, 10:00 Moscow: payers are invited to exchange documents. By hand: now, or what a person has decided."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from billing import wiring, wiring_edo
from billing.usecases import invite_to_edo as usecase
from billing.usecases.edo.inviting.decisions import decide


@wiring.log.inject_lambda_context
@wiring.tracer.capture_lambda_handler(capture_response=False)
@wiring.metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    asked = usecase.read_request(event)
    if asked.decision:
        decide(asked.decision, wiring.outside())
        wiring.log.info("a person decided about a payer in the EDO")
        return {"decided": True}
    edo = wiring_edo.edo_outside()
    if not edo:
        return {"configured": False}
    until = wiring.deadline(context, reserve_s=120)  # a call may take a hundred seconds
    run = usecase.invite_to_edo(wiring.outside(), edo, until=until, asked=asked)
    wiring.log.info("invited to the EDO", state=run.state, step=run.step, stopped=run.stopped, report=run.report)
    return {"state": run.state, "step": run.step, "report": run.report}
