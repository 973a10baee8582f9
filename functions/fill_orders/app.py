"""Orders that were too long for the call they came in, or that were cut off: documents and archives."""

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from billing import wiring
from billing.usecases.fill_orders import fill_orders

ATTEMPTS_MAX = 3  # then an order that fails for a reason of its own waits for a person


def fill(record: SQSRecord) -> None:
    asked = record.json_body
    last = int(record.attributes.approximate_receive_count) >= ATTEMPTS_MAX
    state = fill_orders(asked["account"], asked["item"], wiring.outside(), last_attempt=last)
    wiring.log.info("order", account=asked["account"], item=asked["item"].partition("#")[0], state=state)


@wiring.log.inject_lambda_context
@wiring.tracer.capture_lambda_handler(capture_response=False)
@wiring.metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event=event, record_handler=fill, processor=processor, context=context)
