"""Why a counterparty or a document stands where it stands in the EDO, and what a person is to do about it."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from billing.domain.edo_remedies import TEXTS


class Reason(StrEnum):
    """One reason for one line of a report or of the list for a person. The value is stored, the text is shown."""

    # nothing to do for anybody
    PARTNERS = "partners"
    NO_INVITATION_YET = "no_invitation_yet"
    THEY_INVITED_US = "they_invited_us"
    NOT_AT_THE_OPERATOR = "not_at_the_operator"
    INVITED_THIS_MONTH = "invited_this_month"
    REMINDED_THIS_MONTH = "reminded_this_month"
    SILENT = "silent"
    TASK_RUNNING = "task_running"
    ROAMING_REQUEST_FILED = "roaming_request_filed"
    ROAMING_SILENT = "roaming_silent"
    PARTNERSHIP_NOT_NEEDED = "partnership_not_needed"
    SAID_BY_PERSON = "said_by_person"
    LEFT_ALONE = "left_alone"
    REQUISITES = "requisites"
    NOT_PARTNERS = "not_partners"
    STILL_RUNNING = "still_running"
    # a person has to do something
    SEVERAL_BOXES = "several_boxes"
    BOX_GONE = "box_gone"
    OTHER_KPP = "other_kpp"
    LIQUIDATED = "liquidated"
    BRANCH_NOT_FOUND = "branch_not_found"
    ENTREPRENEUR_NOT_FOUND = "entrepreneur_not_found"
    HIDDEN_ELSEWHERE = "hidden_elsewhere"
    REFUSED_BY_THEM = "refused_by_them"
    REFUSED_BY_US = "refused_by_us"
    UNKNOWN_STATUS = "unknown_status"
    INVITATION_FAILED = "invitation_failed"
    INVITATION_WANTS_SIGNATURE = "invitation_wants_signature"
    ROAMING_REQUEST_NEEDED = "roaming_request_needed"
    ROAMING_OPERATOR_INACTIVE = "roaming_operator_inactive"
    ROAMING_STUCK = "roaming_stuck"
    # documents
    NOT_SAYABLE = "not_sayable"
    NOT_TAKEN = "not_taken"
    NO_ANSWER = "no_answer"
    NOT_SIGNED = "not_signed"
    SIGNING_WAITS = "signing_waits"
    ACCOUNT_FAILS = "account_fails"
    SIGNATURE_INVALID = "signature_invalid"
    DELIVERY_FAILED = "delivery_failed"
    ROAMING_ERROR = "roaming_error"
    REFUSED = "refused"
    SIGNED_WITH_DISAGREEMENTS = "signed_with_disagreements"
    ANNULMENT_ASKED_BY_THEM = "annulment_asked_by_them"
    ANNULLED = "annulled"
    WAITS_FOR_OUR_SIGNATURE = "waits_for_our_signature"
    CLARIFICATION_ASKED = "clarification_asked"
    POWER_NOT_VALID = "power_not_valid"
    OUR_RECEIPT_IS_DUE = "our_receipt_is_due"
    # a run
    OPERATOR_REFUSES_US = "operator_refuses_us"
    LOGIN_REFUSED = "login_refused"
    PAYMENT_REQUIRED = "payment_required"
    NO_RIGHTS = "no_rights"
    METHOD_GONE = "method_gone"
    SENDING_WAITS = "sending_waits"
    SIGNER_REFUSES_US = "signer_refuses_us"
    SIGNER_WANTS_PERSON = "signer_wants_person"
    # the preflight
    CERTIFICATE_LAPSES = "certificate_lapses"
    CERTIFICATE_LAPSED = "certificate_lapsed"
    POWER_LAPSES = "power_lapses"
    POWER_LAPSED = "power_lapsed"
    FORMAT_NOT_ACTUAL = "format_not_actual"
    METADATA_MISSING = "metadata_missing"
    NO_SIGNER = "no_signer"
    MONTH_NOT_CLOSED = "month_not_closed"
    ACCOUNT_PARKED = "account_parked"
    FIVE_DAYS_BROKEN = "five_days_broken"

    @property
    def is_an_end(self) -> bool:
        """Return whether nothing more comes by itself, so that the line stays until a person has seen it."""
        return self in (
            Reason.REFUSED,
            Reason.SIGNED_WITH_DISAGREEMENTS,
            Reason.ANNULLED,
            Reason.CLARIFICATION_ASKED,
        )

    @property
    def lasts_the_day(self) -> bool:
        """Return whether we cannot change it before tomorrow. What a client or a person does comes as an event."""
        return self in (
            Reason.NOT_PARTNERS,
            Reason.SEVERAL_BOXES,
            Reason.BOX_GONE,
            Reason.OTHER_KPP,
            Reason.LIQUIDATED,
            Reason.REFUSED_BY_THEM,
            Reason.REFUSED_BY_US,
            Reason.UNKNOWN_STATUS,
            Reason.ROAMING_REQUEST_NEEDED,
            Reason.NOT_SAYABLE,
            Reason.NOT_TAKEN,
        )

    @property
    def is_of_sending(self) -> bool:
        """Return whether it stops only our own sending, so that the operator's answers do not change it."""
        return self in (
            Reason.SIGNER_REFUSES_US,
            Reason.NO_SIGNER,
            Reason.FORMAT_NOT_ACTUAL,
            Reason.METADATA_MISSING,
            Reason.POWER_LAPSED,
        )

    @property
    def text(self) -> str:
        """What it says to the accountant."""
        return TEXTS[self.value][0]

    @property
    def remedy(self) -> str:
        """What a person does about it; empty when nothing is to be done."""
        return TEXTS[self.value][1]

    @property
    def button(self) -> Literal["seen", "again", "sign", ""]:
        """Name what a person may do about the document at once: "seen", "again", "sign", or "" for nothing."""
        if self.is_an_end:
            return "seen"
        if self in (Reason.SIGNATURE_INVALID, Reason.NOT_SIGNED):
            return "sign"
        return "again" if self in (Reason.DELIVERY_FAILED, Reason.NOT_TAKEN, Reason.NOT_SAYABLE) else ""
