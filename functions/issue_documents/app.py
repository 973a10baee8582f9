"""A batch of accounts: closed, their documents numbered, drawn and filed, their letters queued."""

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from billing import wiring
from billing.domain.errors import UnavailableError
from billing.domain.periods import Month
from billing.usecases.issue_documents import issue_documents

ATTEMPTS_MAX = 3  # then an account that fails for a reason of its own is parked


def issue(record: SQSRecord) -> None:
    asked = record.json_body
    failures = issue_documents(
        Month.parse(asked["month"]),
        asked["accounts"],
        wiring.outside_of_one_call(),
        forced=asked.get("forced", False),
        last_attempt=int(record.attributes.approximate_receive_count) >= ATTEMPTS_MAX,
    )
    for failure in failures:
        wiring.log.warning("account not finished", month=asked["month"], account=failure.account, reason=failure.reason)
    if failures:
        raise UnavailableError(f"{len(failures)} accounts to try again")


@wiring.log.inject_lambda_context
@wiring.tracer.capture_lambda_handler(capture_response=False)
@wiring.metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event=event, record_handler=issue, processor=processor, context=context)
