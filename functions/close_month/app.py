"""00:30 on the 2nd, Moscow: every account whose month is due is queued. By hand: any past month, or given accounts."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from billing import wiring
from billing.usecases import close_month as usecase
from billing.usecases.letters_again import letters_again
from billing.usecases.preview import preview


@wiring.log.inject_lambda_context
@wiring.tracer.capture_lambda_handler(capture_response=False)
@wiring.metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    asked = usecase.read_request(event)
    outside, until = wiring.outside(), wiring.deadline(context)
    if asked.preview:
        return preview(asked.month, outside, accounts=asked.accounts, until=until)
    if asked.again:
        again = letters_again(
            asked.month, asked.again, outside, until=until, accounts=asked.accounts, cursor=asked.cursor
        )
        wiring.log.info("letters sent again", month=str(asked.month), status=asked.again, addresses=again.addresses)
        return {"month": str(asked.month), "again": again.addresses, "cursor": again.cursor}
    planned = usecase.close_month(asked.month, outside, until=until, accounts=asked.accounts, forced=asked.forced)
    wiring.log.info("month closing planned", month=str(planned.month), queued=planned.queued, reason=asked.reason)
    return {"month": str(planned.month), "queued": planned.queued}
