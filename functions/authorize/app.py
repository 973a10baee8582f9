"""Who is asking the HTTP API: whom we know comes in, and anybody who opens a page in a browser."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from billing import wiring
from billing.api.asking import asked
from billing.usecases.authorize import authorize


@wiring.log.inject_lambda_context
@wiring.tracer.capture_lambda_handler(capture_response=False)
@wiring.metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    caller = authorize(asked(event), wiring.tokens(), now=wiring.now())
    wiring.log.info("asked", allowed=caller is not None, account=caller and caller.account, via=caller and caller.via)
    if not caller:
        return {"isAuthorized": False, "context": {}}
    return {"isAuthorized": True, "context": {"account": caller.account, "role": caller.role or ""}}
