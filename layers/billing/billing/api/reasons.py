"""What is in the way of what was asked, in the language of whoever asks."""

from __future__ import annotations

from billing.domain.trouble_wording import Words
from billing.domain.troubles import Cause, Side, Trouble
from billing.page.language import Language

_ENGLISH = {
    Cause.NAME_MISSING: "no name is given",
    Cause.NAME_TOO_LONG: "the name is longer than {n} characters",
    Cause.ADDRESS_MISSING: "no address is given",
    Cause.INN_MISSING: "no INN is given",
    Cause.INN_NOT_DIGITS: "an INN consists of digits only",
    Cause.INN_LENGTH: "an INN has 10 digits (a company) or 12 (an entrepreneur)",
    Cause.INN_REGION: "an INN cannot begin with 00",
    Cause.INN_TYPO: "the INN is mistyped: its check digit does not match",
    Cause.KPP_MISSING: "no KPP is given",
    Cause.KPP_LENGTH: "a KPP has 9 characters",
    Cause.KPP_FORM: "the KPP is malformed",
    Cause.KPP_OF_ENTREPRENEUR: "an entrepreneur has no KPP",
    Cause.OGRN_MISSING: "no OGRN is given",
    Cause.OGRN_NOT_DIGITS: "an OGRN consists of digits only",
    Cause.OGRN_LENGTH: "an OGRN has 13 digits (an OGRNIP has 15)",
    Cause.OGRN_FIRST_DIGIT: "the first digit of the OGRN is wrong",
    Cause.OGRN_TYPO: "the OGRN is mistyped: its check digit does not match",
    Cause.OGRN_OF_OTHER_KIND: "the OGRN and the INN do not match: one is a company’s, the other an entrepreneur’s",
    Cause.BIC_MISSING: "no BIC is given",
    Cause.BIC_LENGTH: "a BIC has 9 digits",
    Cause.BIC_FOREIGN: "the BIC of a Russian bank begins with 04",
    Cause.BIC_FORM: "the BIC is malformed",
    Cause.BANK_ACCOUNT_MISSING: "no bank account is given",
    Cause.BANK_ACCOUNT_LENGTH: "a bank account has 20 digits",
    Cause.BANK_ACCOUNT_NOT_OF_BIC: "the bank account does not match the BIC",
    Cause.BANK_ACCOUNT_NOT_ROUBLES: "the bank account is not in roubles",
    Cause.BANK_ACCOUNT_OF_ENTREPRENEUR: "the bank account is an entrepreneur’s, the INN a company’s",
    Cause.CORRESPONDENT_MISSING: "no correspondent account is given",
    Cause.CORRESPONDENT_LENGTH: "a correspondent account has 20 digits",
    Cause.CORRESPONDENT_FORM: "a correspondent account begins with 30101",
    Cause.CORRESPONDENT_NOT_OF_BIC: "the correspondent account does not match the BIC",
    Cause.NO_SELLER: "the seller’s details as of {on:day} are missing",
    Cause.NO_CARD: "the client’s card is missing",
    Cause.NO_PAYER: "the details of the payer with INN {inn} as of {on:day} are missing",
    Cause.TAXED_CORRECTION: "a lower price of taxed services of {month:month} is no line of an act: it needs a "
    "corrective document, which the accountant decides on",
    Cause.TAXED_LATE: "taxed services of an earlier tax period (quarter {quarter} of {year}) are no line of the act "
    "for {month:month}: they need a document of their own, which the accountant decides on",
    Cause.CHARACTER_MISSING: "the character “{character}” ({code}) in “{text}” cannot be printed",
    Cause.CODE_FIELD: "{key} does not fit a payment code: “{value}”",
    Cause.CODE_SEPARATORS: "the details hold every separator of a payment code",
    Cause.MONTH_OPEN: "{month:month} is not closed yet: its act is not included",
    Cause.ACT_NOT_ISSUED: "the act for {month:month} is not issued yet",
    Cause.REQUISITES: "correct the company details first: {of}",
    Cause.INVOICE_SUM: "an invoice can be for 0.01 to 100,000,000,000.00 roubles",
    Cause.ORDER_KEY: "the key of an order is 1 to 200 printable ASCII characters without spaces",
    Cause.KEY_OF_OTHER_ORDER: "another document was ordered under this key",
    Cause.ORDERED_TOO_MUCH: "{n:document has|documents have} been ordered today: order the next one tomorrow",
    Cause.PERIOD_BACKWARDS: "the period ends before it begins",
    Cause.PERIOD_NOT_OVER: "the period has not ended yet",
    Cause.PERIOD_UNFIT: "the period ends before it begins, or has not ended yet",
    Cause.MONTHS_TOO_MANY: "a period can be of one to {n} months",
    Cause.ARCHIVE_TOO_LARGE: "too many documents for one archive: choose a shorter period",
    Cause.ARCHIVE_FAILED: "the archive could not be made: order it again",
    Cause.NO_FILE_YET: "the document has no file yet",
    Cause.TABLE_TOO_LONG: "there are more rows than a table can hold",
    Cause.NOT_READY: "the document is not ready yet, or was withdrawn",
    Cause.NOBODY_TO_SEND: "the client has no addresses for such documents",
    Cause.FOREIGN_ADDRESS: "the client has no such address: add it in the notification settings and confirm it",
    Cause.KEY_OF_OTHER_LETTER: "another letter was sent under this key",
    Cause.SENT_TOO_OFTEN: "this document has been sent {n:time|times} today: send it again tomorrow",
    Cause.SENT_TOO_OFTEN_THERE: "this document has been sent to {address} {n:time|times} today: send it again tomorrow",
    Cause.SETTINGS_CHANGED: "the settings have changed: open them again",
    Cause.ADDRESSES_TOO_MANY: "no more than {n:address|addresses} can be added",
    Cause.ADDRESS_FORM: "address No. {n} does not look like an e-mail address",
    Cause.ADDRESS_TWICE: "address No. {n} is in the list already",
    Cause.ADDRESS_KINDS: "choose what to send to address No. {n}: invoices, acts or reconciliation acts",
    Cause.ADDRESS_NOT_WAITING: "no such address is waiting for confirmation",
    Cause.ASKED_TOO_OFTEN: "the confirmation letter has been sent {n:time|times} today: try again tomorrow",
    Cause.ALL_ASKED_TOO_OFTEN: "too many confirmation letters have been sent today: try again tomorrow",
    Cause.KIND_UNKNOWN: "there is no such kind of documents",
    Cause.PAGE_UNKNOWN: "there is no such page of the list: open the list again",
    Cause.FORM_OLD: "this form is out of date: open the page again",
    Cause.REQUEST_TOO_LONG: "the request is too long",
    Cause.REQUEST_UNREADABLE: "the request cannot be read",
}

ENGLISH = Words(
    causes=_ENGLISH,
    sides={Side.SELLER: "seller: ", Side.PAYER: "payer: "},
    day=Language.EN.short_date,
    month=Language.EN.month_name,
    counted=Language.EN.counted,
)


def said_in(language: Language, trouble: Trouble) -> str:
    return trouble.said if language is Language.RU else ENGLISH.of(trouble)
