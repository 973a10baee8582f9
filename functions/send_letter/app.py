"""One letter to one address by SES."""

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from billing import wiring
from billing.usecases.letters import log_name
from billing.usecases.send_letter import Batch, read_ahead, send_or_put_back


@wiring.log.inject_lambda_context
@wiring.tracer.capture_lambda_handler(capture_response=False)
@wiring.metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    outside, batch = wiring.outside_of_one_call(), Batch()
    read_ahead((record["body"] for record in event["Records"]), outside)

    def send(record: SQSRecord) -> None:
        asked = record.json_body
        sent = send_or_put_back(asked["letter"], asked["address"], outside, batch)
        wiring.log.info("letter", letter=log_name(sent.letter), address=asked["address"], status=sent.status)

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    answer = process_partial_response(event=event, record_handler=send, processor=processor, context=context)
    batch.settle(outside)
    return answer
