"""Messages of the CRM become cards and entries of the journal."""

from typing import Any

from aws_lambda_powertools.utilities.batch import SqsFifoPartialProcessor, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from billing import wiring
from billing.usecases.take_from_crm import read_ahead, take_from_crm


@wiring.log.inject_lambda_context
@wiring.tracer.capture_lambda_handler(capture_response=False)
@wiring.metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    outside = wiring.outside_of_one_call()
    read_ahead({record["attributes"]["MessageGroupId"] for record in event["Records"]}, outside)

    def take(record: SQSRecord) -> None:
        group = record.attributes.message_group_id or ""
        taken = take_from_crm(record.body, outside, id=record.message_id, group=group)
        wiring.log.info("message taken", account=taken.account, outcome=taken.outcome, reason=taken.reason)

    processor = SqsFifoPartialProcessor(skip_group_on_error=True)
    processor.raise_on_entire_batch_failure = False  # throttled messages come again; that is no error of the function
    return process_partial_response(event=event, record_handler=take, processor=processor, context=context)
