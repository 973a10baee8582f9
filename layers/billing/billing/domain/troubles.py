"""What keeps somebody from what they want, by name, so that it can be told in whatever language they read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Cause(StrEnum):
    """What is in the way. Names stand in rows and answers: they stay as they are."""

    # requisites
    NAME_MISSING = "name_missing"
    NAME_TOO_LONG = "name_too_long"
    ADDRESS_MISSING = "address_missing"
    INN_MISSING = "inn_missing"
    INN_NOT_DIGITS = "inn_not_digits"
    INN_LENGTH = "inn_length"
    INN_REGION = "inn_region"
    INN_TYPO = "inn_typo"
    KPP_MISSING = "kpp_missing"
    KPP_LENGTH = "kpp_length"
    KPP_FORM = "kpp_form"
    KPP_OF_ENTREPRENEUR = "kpp_of_entrepreneur"
    OGRN_MISSING = "ogrn_missing"
    OGRN_NOT_DIGITS = "ogrn_not_digits"
    OGRN_LENGTH = "ogrn_length"
    OGRN_FIRST_DIGIT = "ogrn_first_digit"
    OGRN_TYPO = "ogrn_typo"
    OGRN_OF_OTHER_KIND = "ogrn_of_other_kind"
    BIC_MISSING = "bic_missing"
    BIC_LENGTH = "bic_length"
    BIC_FOREIGN = "bic_foreign"
    BIC_FORM = "bic_form"
    BANK_ACCOUNT_MISSING = "bank_account_missing"
    BANK_ACCOUNT_LENGTH = "bank_account_length"
    BANK_ACCOUNT_NOT_OF_BIC = "bank_account_not_of_bic"
    BANK_ACCOUNT_NOT_ROUBLES = "bank_account_not_roubles"
    BANK_ACCOUNT_OF_ENTREPRENEUR = "bank_account_of_entrepreneur"
    CORRESPONDENT_MISSING = "correspondent_missing"
    CORRESPONDENT_LENGTH = "correspondent_length"
    CORRESPONDENT_FORM = "correspondent_form"
    CORRESPONDENT_NOT_OF_BIC = "correspondent_not_of_bic"
    NO_SELLER = "no_seller"
    NO_CARD = "no_card"
    NO_PAYER = "no_payer"
    # what needs a document of its own
    TAXED_CORRECTION = "taxed_correction"
    TAXED_LATE = "taxed_late"
    # what cannot be printed
    CHARACTER_MISSING = "character_missing"
    CODE_FIELD = "code_field"
    CODE_SEPARATORS = "code_separators"
    # what an act of reconciliation does not hold yet
    MONTH_OPEN = "month_open"
    ACT_NOT_ISSUED = "act_not_issued"
    # orders
    REQUISITES = "requisites"
    INVOICE_SUM = "invoice_sum"
    ORDER_KEY = "order_key"
    KEY_OF_OTHER_ORDER = "key_of_other_order"
    ORDERED_TOO_MUCH = "ordered_too_much"
    PERIOD_BACKWARDS = "period_backwards"
    PERIOD_NOT_OVER = "period_not_over"
    PERIOD_UNFIT = "period_unfit"
    MONTHS_TOO_MANY = "months_too_many"
    ARCHIVE_TOO_LARGE = "archive_too_large"
    ARCHIVE_FAILED = "archive_failed"
    NO_FILE_YET = "no_file_yet"
    TABLE_TOO_LONG = "table_too_long"
    # letters and addresses
    NOT_READY = "not_ready"
    NOBODY_TO_SEND = "nobody_to_send"
    FOREIGN_ADDRESS = "foreign_address"
    KEY_OF_OTHER_LETTER = "key_of_other_letter"
    SENT_TOO_OFTEN = "sent_too_often"
    SENT_TOO_OFTEN_THERE = "sent_too_often_there"
    SETTINGS_CHANGED = "settings_changed"
    ADDRESSES_TOO_MANY = "addresses_too_many"
    ADDRESS_FORM = "address_form"
    ADDRESS_TWICE = "address_twice"
    ADDRESS_KINDS = "address_kinds"
    ADDRESS_NOT_WAITING = "address_not_waiting"
    ASKED_TOO_OFTEN = "asked_too_often"
    ALL_ASKED_TOO_OFTEN = "all_asked_too_often"
    # requests
    KIND_UNKNOWN = "kind_unknown"
    PAGE_UNKNOWN = "page_unknown"
    FORM_OLD = "form_old"
    REQUEST_TOO_LONG = "request_too_long"
    REQUEST_UNREADABLE = "request_unreadable"


class Side(StrEnum):
    """Of a document."""

    SELLER = "seller"
    PAYER = "payer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What is in the way, by name; `said`: the same in Russian, as it stands in rows and reports.

    `values` fill in the words of any language: plain texts, days and months in ISO. `whose`: a `Side`, of requisites.
    `of`: the troubles that this one is made of.
    """

    cause: Cause
    said: str
    values: tuple[tuple[str, str], ...] = ()
    whose: str = ""
    of: tuple[Trouble, ...] = ()

    def __str__(self) -> str:
        return self.said


def is_held_back(troubles: Iterable[Trouble]) -> bool:
    """Return whether a document of its own is needed: requisites do not mend that, and a person decides."""
    return any(trouble.cause in (Cause.TAXED_CORRECTION, Cause.TAXED_LATE) for trouble in troubles)
