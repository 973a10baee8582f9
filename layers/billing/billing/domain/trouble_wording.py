"""What is in the way, in Russian; and how the words of any language are filled in."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from billing.domain.periods import Month
from billing.domain.troubles import Cause, Side, Trouble
from billing.domain.wording import counted, month_name, short_date

_SIDES = {Side.SELLER: "продавец: ", Side.PAYER: "плательщик: "}

_RUSSIAN = {  # {on:day}, {month:month} and {n:раз|раза|раз} are said as the language says them
    Cause.NAME_MISSING: "название не указано",
    Cause.NAME_TOO_LONG: "название длиннее {n} знаков",
    Cause.ADDRESS_MISSING: "адрес не указан",
    Cause.INN_MISSING: "ИНН не указан",
    Cause.INN_NOT_DIGITS: "в ИНН должны быть только цифры",
    Cause.INN_LENGTH: "в ИНН должно быть 10 цифр (у компании) или 12 (у предпринимателя)",
    Cause.INN_REGION: "ИНН не может начинаться с 00",
    Cause.INN_TYPO: "в ИНН опечатка: не сходится контрольная цифра",
    Cause.KPP_MISSING: "КПП не указан",
    Cause.KPP_LENGTH: "в КПП должно быть 9 знаков",
    Cause.KPP_FORM: "КПП записан неверно",
    Cause.KPP_OF_ENTREPRENEUR: "у предпринимателя не бывает КПП",
    Cause.OGRN_MISSING: "ОГРН не указан",
    Cause.OGRN_NOT_DIGITS: "в ОГРН должны быть только цифры",
    Cause.OGRN_LENGTH: "в ОГРН должно быть 13 цифр (в ОГРНИП 15)",
    Cause.OGRN_FIRST_DIGIT: "ОГРН начинается не с той цифры",
    Cause.OGRN_TYPO: "в ОГРН опечатка: не сходится контрольная цифра",
    Cause.OGRN_OF_OTHER_KIND: "ОГРН и ИНН разного рода: один компании, другой предпринимателя",
    Cause.BIC_MISSING: "БИК не указан",
    Cause.BIC_LENGTH: "в БИК должно быть 9 цифр",
    Cause.BIC_FOREIGN: "БИК российского банка начинается с 04",
    Cause.BIC_FORM: "БИК записан неверно",
    Cause.BANK_ACCOUNT_MISSING: "расчётный счёт не указан",
    Cause.BANK_ACCOUNT_LENGTH: "в расчётном счёте должно быть 20 цифр",
    Cause.BANK_ACCOUNT_NOT_OF_BIC: "расчётный счёт не соответствует БИК",
    Cause.BANK_ACCOUNT_NOT_ROUBLES: "расчётный счёт не в рублях",
    Cause.BANK_ACCOUNT_OF_ENTREPRENEUR: "расчётный счёт предпринимателя, а ИНН компании",
    Cause.CORRESPONDENT_MISSING: "корреспондентский счёт не указан",
    Cause.CORRESPONDENT_LENGTH: "в корреспондентском счёте должно быть 20 цифр",
    Cause.CORRESPONDENT_FORM: "корреспондентский счёт начинается с 30101",
    Cause.CORRESPONDENT_NOT_OF_BIC: "корреспондентский счёт не соответствует БИК",
    Cause.NO_SELLER: "нет реквизитов продавца на {on:day}",
    Cause.NO_CARD: "нет карточки клиента",
    Cause.NO_PAYER: "нет реквизитов плательщика с ИНН {inn} на {on:day}",
    Cause.TAXED_CORRECTION: "перерасчёт услуг с НДС за {month:month} не бывает строкой акта: нужен корректировочный "
    "документ (УКД), решает бухгалтер",
    Cause.TAXED_LATE: "услуги с НДС прошлого налогового периода ({quarter}-й квартал {year} г.) не входят в акт за "
    "{month:month}: нужны отдельный УПД и уточнённая декларация, решает бухгалтер",
    Cause.CHARACTER_MISSING: "нечем напечатать знак «{character}» ({code}) в тексте «{text}»",
    Cause.CODE_FIELD: "реквизит {key} не годится для платёжного кода: «{value}»",
    Cause.CODE_SEPARATORS: "в реквизитах встречаются все разделители платёжного кода",
    Cause.MONTH_OPEN: "{month:month} ещё не закрыт: его акта в сверке нет",
    Cause.ACT_NOT_ISSUED: "акт за {month:month} ещё не выпущен",
    Cause.REQUISITES: "документ не выпустить, исправьте реквизиты: {of}",
    Cause.INVOICE_SUM: "сумма счёта: от 0,01 до 100 000 000 000,00 ₽",
    Cause.ORDER_KEY: "ключ заказа: от 1 до 200 печатных знаков ASCII без пробелов",
    Cause.KEY_OF_OTHER_ORDER: "по этому ключу уже заказан другой документ",
    Cause.ORDERED_TOO_MUCH: "сегодня уже заказано {n:документ|документа|документов}: следующий можно будет заказать "
    "завтра",
    Cause.PERIOD_BACKWARDS: "период кончается раньше, чем начинается",
    Cause.PERIOD_NOT_OVER: "период ещё не кончился",
    Cause.PERIOD_UNFIT: "период кончается раньше, чем начинается, или ещё не кончился",
    Cause.MONTHS_TOO_MANY: "период: от одного до {n} месяцев",
    Cause.ARCHIVE_TOO_LARGE: "документов слишком много для одного архива: выберите период короче",
    Cause.ARCHIVE_FAILED: "архив собрать не удалось: закажите его ещё раз",
    Cause.NO_FILE_YET: "у документа ещё нет файла",
    Cause.TABLE_TOO_LONG: "строк больше, чем помещается в таблицу",
    Cause.NOT_READY: "документ ещё не готов или отозван",
    Cause.NOBODY_TO_SEND: "некому отправить: у клиента нет адресов для таких документов",
    Cause.FOREIGN_ADDRESS: "такого адреса у клиента нет: добавьте его в настройках уведомлений и подтвердите",
    Cause.KEY_OF_OTHER_LETTER: "по этому ключу уже отправлено другое письмо",
    Cause.SENT_TOO_OFTEN: "этот документ сегодня уже отправляли {n:раз|раза|раз}: можно будет завтра",
    Cause.SENT_TOO_OFTEN_THERE: "этот документ сегодня уже отправляли на {address} {n:раз|раза|раз}: можно будет "
    "завтра",
    Cause.SETTINGS_CHANGED: "настройки изменились: откройте их заново",
    Cause.ADDRESSES_TOO_MANY: "добавить можно не больше {n:адреса|адресов|адресов}",
    Cause.ADDRESS_FORM: "адрес № {n} не похож на адрес почты",
    Cause.ADDRESS_TWICE: "адрес № {n} уже есть в списке",
    Cause.ADDRESS_KINDS: "выберите для адреса № {n}, что присылать: счета, акты или акты сверки",
    Cause.ADDRESS_NOT_WAITING: "такого адреса, который ждёт подтверждения, нет",
    Cause.ASKED_TOO_OFTEN: "письмо для подтверждения уже отправлено сегодня {n:раз|раза|раз}: попробуйте завтра",
    Cause.ALL_ASKED_TOO_OFTEN: "сегодня отправлено слишком много писем для подтверждения: попробуйте завтра",
    Cause.KIND_UNKNOWN: "документов такого вида нет",
    Cause.PAGE_UNKNOWN: "страница списка указана неверно, откройте список заново",
    Cause.FORM_OLD: "эта форма устарела, откройте страницу заново",
    Cause.REQUEST_TOO_LONG: "запрос слишком длинный",
    Cause.REQUEST_UNREADABLE: "запрос не читается",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a language says of each cause, and how it says days, months and counts."""

    causes: Mapping[Cause, str]
    sides: Mapping[Side, str]
    day: Callable[[date], str]
    month: Callable[[Month], str]
    counted: Callable[[int, str], str]

    def of(self, trouble: Trouble) -> str:
        made_of = "; ".join(self.of(part) for part in trouble.of)
        said = _Filled(self).format(self.causes[trouble.cause], of=made_of, **dict(trouble.values))
        return f"{self.sides[Side(trouble.whose)] if trouble.whose else ''}{said}"


class _Filled(string.Formatter):
    def __init__(self, words: Words) -> None:
        self._words = words

    def format_field(self, value: Any, format_spec: str) -> str:
        match format_spec:
            case "":
                return str(value)
            case "day":
                return self._words.day(date.fromisoformat(value))
            case "month":
                return self._words.month(Month.parse(value))
            case forms:
                return self._words.counted(int(value), forms)


RUSSIAN = Words(
    causes=_RUSSIAN,
    sides=_SIDES,
    day=short_date,
    month=month_name,
    counted=lambda n, forms: counted(n, *forms.split("|")),
)


def trouble(cause: Cause, *, of: tuple[Trouble, ...] = (), **values: object) -> Trouble:
    """The trouble with its Russian words; a day, a month or a count is given as it is."""
    found = Trouble(cause=cause, said="", values=tuple((name, str(value)) for name, value in values.items()), of=of)
    return replace(found, said=RUSSIAN.of(found))


def of_side(side: Side, found: Trouble) -> Trouble:
    """«плательщик: КПП не указан»."""
    whose = replace(found, whose=side)
    return replace(whose, said=RUSSIAN.of(whose))


def all_said(troubles: tuple[Trouble, ...]) -> str:
    return "; ".join(map(str, troubles))
