"""Letters as bytes, what SES answers, and what it tells of them later."""

from __future__ import annotations

import email
import email.policy
import json
import os
import re
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.stub import ANY, Stubber
from hypothesis import example, given
from hypothesis import strategies as st

from billing.adapters import mailer
from billing.adapters.mail_events import letter_event
from billing.adapters.mailer import SIZE_MAX, SesMailer, mime, sender_of
from billing.adapters.pace import Pace
from billing.ports import Attachment, AwayError, Letter, LetterEvent, RefusedError, UnknownOutcomeError

GOLDEN = Path(__file__).parents[1] / "golden" / "letters" / "mime.eml"
SENDER = sender_of("Учебная CRM", "docs@seller.example")
NAME = "Акт № 17 от 01.02.2026 (ООО «Ромашка», очень длинное имя файла, чтобы заголовок не вместился в строку).pdf"
LETTER = Letter(
    subject="Закрывающие документы за январь 2026 г. — ООО «Ромашка»",
    text="Здравствуйте!\n\nВо вложении акт.\n",
    html="<p>Здравствуйте!</p>\n<p>Во вложении акт.</p>\n",
    attachments=(Attachment(file_name=NAME, body=b"%PDF-1.7 one"),),
)
DELIVERY = "c-000001_2026-01_0001_0123456789abcdef0123"


def a_mime(letter: Letter = LETTER, *, to: str = "anna@romashka.example", sender: str = SENDER) -> bytes:
    return mime(letter, sender=sender, to=to, delivery=DELIVERY)


def read(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def changed(**over: Any) -> Letter:
    return Letter(**{**{f: getattr(LETTER, f) for f in LETTER.__slots__}, **over})


def test_a_letter_is_as_its_golden_file():
    """Boundaries are drawn by chance; everything else is the same every time. GOLDEN=write writes it anew."""
    raw = a_mime()
    for n, boundary in enumerate(dict.fromkeys(re.findall(rb'boundary="([^"]+)"', raw)), 1):
        raw = raw.replace(boundary, b"boundary-%d" % n)
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.write_bytes(raw)

    assert raw == GOLDEN.read_bytes()


def test_a_letter_that_can_be_stopped_says_so_to_mail_programs():
    """RFC 8058, 3.1: both headers, an HTTPS address, on one line whatever its length."""
    url = f"https://docs.crm.example/stop?token=c-000001.{'x' * 90}"
    message = read(a_mime(changed(stop_url=url)))

    assert message["List-Unsubscribe"] == f"<{url}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert read(a_mime())["List-Unsubscribe"] is None
    with pytest.raises(RefusedError):
        a_mime(changed(stop_url="https://x\r\nBcc: y"))


def test_what_was_put_in_is_read_out():
    message = read(a_mime())

    (attachment,) = message.iter_attachments()
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text
    assert html
    assert (message["Subject"], message["To"]) == (LETTER.subject, "anna@romashka.example")
    assert "Учебная CRM" in message["From"]
    said = [part.get_content().replace("\r\n", "\n") for part in (text, html)]
    assert said == [LETTER.text, LETTER.html]
    assert (attachment.get_filename(), attachment.get_content(), attachment.get_content_type()) == (
        NAME,
        b"%PDF-1.7 one",
        "application/pdf",
    )
    assert message["X-Delivery"] == DELIVERY


@given(st.text(st.sampled_from("аЯ1 \u00a0.,—«»a\U0001f600"), min_size=1, max_size=150).map(str.strip).filter(bool))
@example("Январь\u00a02026\u00a0г.: закрыто 21 из 21, сходится")
def test_a_subject_is_read_as_it_was_written(subject: str):
    raw = a_mime(changed(subject=subject))

    (header,) = [line for line in raw.split(b"\r\n") if line.startswith(b"Subject: ")]
    assert len(header) <= 78
    assert str(make_header(decode_header(email.message_from_bytes(raw)["Subject"]))) == subject
    assert read(raw)["Subject"] == subject


def test_lines_are_short_and_ascii_as_mail_wants_them():
    raw = a_mime(changed(text="я" * 5_000 + "\n", html="<p>" + "ж" * 5_000 + "</p>\n"))

    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert raw.count(b"\n") == raw.count(b"\r\n")


@pytest.mark.parametrize("bad", ["\r", "\n", "\r\n", "\r\nBcc: all@x.example"])
def test_a_line_break_in_a_header_refuses_the_letter(bad: str):
    for over in ({"letter": changed(subject=f"Тема{bad}")}, {"to": f"anna@romashka.example{bad}"}):
        with pytest.raises(RefusedError):
            a_mime(**over)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name", ["Акт\r\nX-Evil: 1.pdf", 'Акт "в кавычках".pdf', "Акт/../../x.pdf", "а" * 300 + ".pdf"]
)
def test_a_name_of_a_file_never_becomes_a_header(name: str):
    letter = changed(attachments=(Attachment(file_name=name, body=b"x"),))
    try:
        message = read(a_mime(letter))
    except RefusedError:
        return

    (attachment,) = message.iter_attachments()
    assert "X-Evil" not in message
    assert "X-Evil" not in attachment
    assert attachment.get_content() == b"x"


# --- what SES answers --------------------------------------------------------------------------------------------


def a_mailer(client: Any) -> SesMailer:
    return SesMailer(client, address="docs@seller.example", name="Учебная CRM", configuration_set="letters")


def test_a_letter_goes_with_its_tag_and_its_configuration_set(aws: Any):
    client = aws("sesv2")
    with Stubber(client) as stub:
        stub.add_response(
            "send_email",
            {"MessageId": "m-1"},
            {
                "FromEmailAddress": "=?utf-8?b?0KPRh9C10LHQvdCw0Y8gQ1JN?= <docs@seller.example>",
                "Destination": {"ToAddresses": ["anna@romashka.example"]},
                "Content": {"Raw": {"Data": ANY}},
                "ConfigurationSetName": "letters",
                "EmailTags": [{"Name": "delivery", "Value": DELIVERY}],
            },
        )
        assert a_mailer(client).send(LETTER, to="anna@romashka.example", delivery=DELIVERY) == "m-1"


@pytest.mark.parametrize(
    ("name", "header"),
    [
        pytest.param("", "docs@seller.example", id="no name"),
        pytest.param("Acme, Ltd", '"Acme, Ltd" <docs@seller.example>', id="a comma"),
        pytest.param("Общество с ограниченной ответственностью «Учебная CRM» и друзья", None, id="long"),
    ],
)
def test_the_sender_has_a_name_and_answers_go_where_they_are_wanted(name: str, header: str | None):
    """The API takes ASCII only, in encoded words of 75 characters at most (RFC 2047), which read as the name."""
    sent: list[dict[str, Any]] = []

    class Ses:
        def send_email(self, **asked: Any) -> dict[str, str]:
            sent.append(asked)
            return {"MessageId": "m-1"}

    post = SesMailer(
        Ses(), address="docs@seller.example", name=name, reply_to="bills@seller.example", configuration_set="letters"
    )
    post.send(LETTER, to="anna@romashka.example", delivery=DELIVERY)

    (asked,) = sent
    said, address = parseaddr(asked["FromEmailAddress"])
    assert asked["FromEmailAddress"].isascii()
    assert max(map(len, asked["FromEmailAddress"].split())) <= 75
    assert (str(make_header(decode_header(said))), address) == (name, "docs@seller.example")
    message = read(asked["Content"]["Raw"]["Data"])
    assert message["Reply-To"] == "bills@seller.example"
    said, address = parseaddr(email.message_from_bytes(asked["Content"]["Raw"]["Data"])["From"])
    assert (str(make_header(decode_header(said))), address) == (name, "docs@seller.example")
    assert header is None or message["From"] == header


# Texts as SES publishes them: «Amazon SES email sending errors», «Errors related to the sending quotas»
NOT_VERIFIED = "Email address is not verified. The following identities failed the check in region EU-CENTRAL-1: "
SOON, LATER = range(1, 6), range(600, 901)


@pytest.mark.parametrize(
    ("code", "text", "status", "meaning"),
    [
        pytest.param("TooManyRequestsException", "Maximum sending rate exceeded.", 429, SOON, id="too fast"),
        pytest.param("ThrottlingException", "Maximum sending rate exceeded", 400, SOON, id="throttled"),
        pytest.param("Throttling", "Maximum sending rate exceeded.", 400, SOON, id="throttled, as of old"),
        pytest.param("LimitExceededException", "Daily message quota exceeded.", 400, LATER, id="the day's quota"),
        pytest.param("ThrottlingException", "Daily message quota exceeded", 400, LATER, id="the quota as a throttle"),
        pytest.param("TooManyRequestsException", "Daily message quota exceeded.", 429, LATER, id="the quota by 429"),
        pytest.param("MessageRejected", "Daily message quota exceeded", 400, LATER, id="the quota as a rejection"),
        pytest.param("SendingPausedException", "", 400, LATER, id="paused"),
        pytest.param("MessageRejected", "Sending paused for this account.", 400, LATER, id="paused, as a rejection"),
        pytest.param("AccountSuspendedException", "", 400, LATER, id="suspended"),
        pytest.param("MailFromDomainNotVerifiedException", "", 400, LATER, id="the domain of the envelope"),
        pytest.param("MessageRejected", f"{NOT_VERIFIED}docs@seller.example", 400, LATER, id="the sender"),
        pytest.param("MessageRejected", f"{NOT_VERIFIED}anna@romashka.example", 400, LATER, id="the sandbox"),
        pytest.param("MessageRejected", "Email address is not verified.", 400, LATER, id="nobody is named"),
        pytest.param("NotFoundException", "Configuration set <letters> does not exist.", 404, LATER, id="our settings"),
        pytest.param("AccessDeniedException", "User is not authorized", 403, LATER, id="our rights"),
        pytest.param("InternalFailure", "", 500, UnknownOutcomeError, id="broke"),
        pytest.param("ServiceUnavailable", "", 503, UnknownOutcomeError, id="away"),
        pytest.param("MessageRejected", "Invalid content", 400, RefusedError, id="rejected"),
        pytest.param("MessageRejected", "Address blacklisted.", 400, RefusedError, id="a dead address"),
        pytest.param("BadRequestException", "Missing final '@domain'", 400, RefusedError, id="bad request"),
    ],
)
def test_an_answer_says_what_to_do_next(aws: Any, code: str, text: str, status: int, meaning: Any):
    """Only what is wrong with this one letter refuses it; a number: it is asked again so many seconds later."""
    client = aws("sesv2")
    with Stubber(client) as stub:
        stub.add_client_error("send_email", code, text, http_status_code=status)
        with pytest.raises(AwayError if isinstance(meaning, range) else meaning) as caught:
            a_mailer(client).send(LETTER, to="anna@romashka.example", delivery=DELIVERY)
    assert not isinstance(meaning, range) or caught.value.seconds in meaning
    assert type(caught.value) is AwayError or type(caught.value) is meaning
    assert "anna" not in str(caught.value)


def test_every_error_that_sending_can_have_has_a_meaning():
    """The errors come from the service's own model: a new one in a new botocore needs a meaning."""
    model = botocore.session.get_session().get_service_model("sesv2").operation_model("SendEmail")

    assert {shape.name for shape in model.error_shapes} <= mailer._TOO_FAST | mailer._SHUT | mailer._REFUSALS | {
        "LimitExceededException"
    }


@pytest.mark.parametrize(
    ("text", "others_go"),
    [(f"{NOT_VERIFIED}docs@seller.example", False), (f"{NOT_VERIFIED}Anna@romashka.example", True)],
)
def test_a_shut_service_is_not_asked_for_each_letter_but_the_sandbox_may_know_others(
    aws: Any, text: str, others_go: bool
):
    client, pace = aws("sesv2"), Pace(clock=lambda: 1_000.0, sleep=lambda _: None)
    pace.wants_rate()
    post = SesMailer(client, address="docs@seller.example", configuration_set="letters", pace=pace)
    with Stubber(client) as stub:
        stub.add_client_error("send_email", "MessageRejected", text)
        with pytest.raises(AwayError):
            post.send(LETTER, to="anna@romashka.example", delivery=DELIVERY)
    if others_go:
        post.await_turn()
        return
    with pytest.raises(AwayError, match="takes nothing") as caught:
        post.await_turn()
    assert caught.value.seconds == 900


# --- how fast it may go ------------------------------------------------------------------------------------------


def a_quota(most: float, sent: float, rate: float = 14.0, **over: Any) -> dict[str, Any]:
    """As GetAccount answers: botocore holds it against the service's model."""
    quota = {"Max24HourSend": most, "MaxSendRate": rate, "SentLast24Hours": sent}
    return {"SendingEnabled": True, "SendQuota": quota, **over}


@pytest.mark.parametrize(
    ("answer", "room"),
    [
        pytest.param(a_quota(50_000, 49_990), 10, id="a rest"),
        pytest.param(a_quota(50_000, 50_003), 0, id="used up"),
        pytest.param(a_quota(-1, 7), 1_000_000_000, id="no end"),
        pytest.param(a_quota(50_000, 0, SendingEnabled=False), 0, id="paused"),
        pytest.param({}, 0, id="an account of which nothing is said"),
    ],
)
def test_the_room_is_what_is_left_of_the_day(aws: Any, answer: dict[str, Any], room: int):
    client = aws("sesv2")
    with Stubber(client) as stub:
        stub.add_response("get_account", answer, {})
        assert a_mailer(client).room() == room


def test_four_workers_share_the_rate_and_ask_for_it_every_ten_minutes(aws: Any):
    """14 a second by four are 3,5 each: a letter every 0,2857 s. After ten minutes the rate is 8: every 0,5 s."""
    client, now, slept = aws("sesv2"), [1_000.0], []

    def sleep(seconds: float) -> None:
        slept.append(round(seconds, 4))
        now[0] += seconds

    pace = Pace(workers=4, clock=lambda: now[0], sleep=sleep)
    post = SesMailer(client, address="docs@seller.example", configuration_set="letters", pace=pace)
    with Stubber(client) as stub:
        stub.add_response("get_account", a_quota(50_000, 0), {})
        for _ in range(4):
            post.await_turn()
        assert slept == [0.2857, 0.2857, 0.2857]
        now[0] += 600
        stub.add_response("get_account", a_quota(50_000, 0, rate=8.0), {})
        for _ in range(3):
            post.await_turn()
    assert slept[3:] == [0.5, 0.5]


def test_a_service_that_does_not_say_its_rate_is_taken_for_one_of_fourteen_a_second(aws: Any):
    client, slept = aws("sesv2"), []
    pace = Pace(workers=14, clock=lambda: 1_000.0, sleep=slept.append)
    post = SesMailer(client, address="docs@seller.example", configuration_set="letters", pace=pace)
    with Stubber(client) as stub:
        stub.add_client_error("get_account", "TooManyRequestsException", http_status_code=429)
        for _ in range(2):
            post.await_turn()
    assert slept == [1.0]


def test_a_pause_that_a_function_would_not_outlive_is_not_slept():
    """One letter a second for a hundred workers: a hundred seconds each."""
    pace = Pace(workers=100, clock=lambda: 1_000.0, sleep=lambda _: pytest.fail("slept"))
    pace.rate(1.0)
    pace.await_turn()

    with pytest.raises(AwayError) as caught:
        pace.await_turn()
    assert caught.value.seconds == 100


def test_no_answer_may_be_a_letter(aws: Any, monkeypatch: pytest.MonkeyPatch):
    client = aws("sesv2")

    def fails(**_: Any) -> None:
        raise ReadTimeoutError(endpoint_url="x")

    monkeypatch.setattr(client, "send_email", fails)

    with pytest.raises(UnknownOutcomeError):
        a_mailer(client).send(LETTER, to="anna@romashka.example", delivery=DELIVERY)


def test_a_letter_that_is_too_large_is_refused_before_it_is_sent():
    letter = changed(attachments=(Attachment(file_name="a.pdf", body=bytes(SIZE_MAX)),))

    with pytest.raises(RefusedError, match="too large"):
        a_mailer(None).send(letter, to="anna@romashka.example", delivery=DELIVERY)


# --- what it tells later -----------------------------------------------------------------------------------------


def an_event(kind: str, **facts: Any) -> dict[str, Any]:
    mail = {"messageId": "m-1", "destination": ["anna@romashka.example"], "tags": {"delivery": [DELIVERY]}}
    return {"eventType": kind, "mail": mail, **facts}


@pytest.mark.parametrize(
    ("event", "said"),
    [
        pytest.param(an_event("Send", send={}), ("accepted", "", False), id="send"),
        pytest.param(an_event("Delivery", delivery={}), ("delivered", "", False), id="delivery"),
        pytest.param(
            an_event("Bounce", bounce={"bounceType": "Permanent", "bounceSubType": "General"}),
            ("bounced", "Permanent/General", True),
            id="gone",
        ),
        pytest.param(
            an_event("Bounce", bounce={"bounceType": "Transient", "bounceSubType": "MailboxFull"}),
            ("bounced", "Transient/MailboxFull", False),
            id="full",
        ),
        pytest.param(
            an_event("Bounce", bounce={"bounceType": "Undetermined"}), ("bounced", "Undetermined", False), id="?"
        ),
        pytest.param(
            an_event("Complaint", complaint={"complaintFeedbackType": "abuse"}),
            ("complained", "abuse", False),
            id="complaint",
        ),
        pytest.param(
            an_event("Complaint", complaint={"complaintFeedbackType": None}),
            ("complained", "", False),
            id="complaint without a word",
        ),
        pytest.param(an_event("Reject", reject={"reason": "Bad content"}), ("refused", "", False), id="reject"),
        pytest.param(an_event("Rendering Failure", failure={}), ("refused", "", False), id="rendering"),
    ],
)
def test_an_event_of_ses_is_one_of_ours(event: dict[str, Any], said: tuple[str, str, bool]):
    wanted = LetterEvent(delivery=DELIVERY, status=said[0], message="m-1", code=said[1], permanent=said[2])

    assert letter_event(event) == wanted
    assert letter_event({"Type": "Notification", "Message": json.dumps(event)}) == wanted


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(an_event("DeliveryDelay", deliveryDelay={}), id="a delay"),
        pytest.param(an_event("Open"), id="an open"),
        pytest.param(an_event("Something New"), id="news"),
        pytest.param({"eventType": "Delivery", "mail": {"messageId": "m", "tags": {}}}, id="without our tag"),
        pytest.param({"eventType": "Delivery", "mail": {"messageId": "m"}}, id="without tags"),
        pytest.param(
            {"Message": "Successfully validated SNS topic for Amazon SES event publishing."}, id="the greeting of SES"
        ),
        pytest.param({"Message": "[]"}, id="a list"),
        pytest.param({}, id="nothing"),
    ],
)
def test_what_changes_nothing_is_passed_over(event: dict[str, Any]):
    assert letter_event(event) is None
