"""Events of SES, by SNS and a queue: the state of each address."""

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from billing import wiring
from billing.adapters.mail_events import letter_event
from billing.usecases.letters import log_name
from billing.usecases.track_letters import track_letter


@wiring.log.inject_lambda_context
@wiring.tracer.capture_lambda_handler(capture_response=False)
@wiring.metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    outside = wiring.outside_of_one_call()

    def track(record: SQSRecord) -> None:
        event = letter_event(record.json_body)
        status = track_letter(event, outside) if event else "passed over"
        wiring.log.info("letter event", delivery=log_name(event.delivery) if event else "", status=status)

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event=event, record_handler=track, processor=processor, context=context)
