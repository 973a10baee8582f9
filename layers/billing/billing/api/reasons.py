"""Why something was refused, for those who read English: the use cases say it in Russian."""

from __future__ import annotations

import re

from billing.domain.money import NBSP

_ENGLISH = {  # what stands in brackets there stands in braces here
    r"адрес № (\d+) не похож на адрес почты": "address No. {} does not look like an e-mail address",
    r"адрес № (\d+) уже есть в списке": "address No. {} is in the list already",
    r"архив собрать не удалось: закажите его ещё раз": "the archive could not be made: order it again",
    r"выберите для адреса № (\d+), что присылать: .*": "choose what to send to address No. {}",
    r"добавить можно не больше (\d+) адрес\w*": "no more than {} addresses may be added",
    r"документ ещё не готов или отозван": "the document is not ready yet, or was withdrawn",
    r"документ не выпустить, исправьте реквизиты: (.*)": "the requisites have to be corrected first: {}",
    r"документов слишком много для одного архива: выберите период короче": "too many documents for one archive: "
    "choose fewer days",
    r"документов такого вида нет": "there is no such kind of documents",
    r"запрос не читается": "the request cannot be read",
    r"запрос слишком длинный": "the request is too long",
    r"ключ заказа: .*": "the key of an order: 1 to 200 printable ASCII characters without spaces",
    r"настройки изменились: откройте их заново": "the settings have changed: open them again",
    r"некому отправить: .*": "the client has no addresses for such documents",
    r"период ещё не кончился": "the period has not ended yet",
    r"период кончается раньше, чем начинается": "the period ends before it begins",
    r"период кончается раньше, чем начинается, или ещё не кончился": "it ends before it begins, or has not ended",
    r"период: от одного до (\d+) месяцев": "a period of one to {} months",
    r"письмо для подтверждения уже отправлено сегодня (\d+) раза?: .*": "a letter has been sent {} times today: "
    "try tomorrow",
    r"по этому ключу уже заказан другой документ": "another document was ordered under this key",
    r"по этому ключу уже отправлено другое письмо": "another letter was sent under this key",
    r"сегодня отправлено слишком много писем для подтверждения: .*": "too many letters to confirm today: try tomorrow",
    r"сегодня уже заказано (\d+) документ\w*: .*": "{} documents have been ordered today: the next one may be tomorrow",
    r"страница списка указана неверно.*": "there is no such page of the list: open the list again",
    r"сумма счёта: .*": "the sum of an invoice: 0.01 to 100,000,000,000.00 roubles",
    r"такого адреса у клиента нет: .*": "the client has no such address: add it to the notifications and confirm it",
    r"такого плательщика нет в карточке клиента": "the client's card has no such payer",
    r"у документа ещё нет файла": "the document has no file yet",
    r"эта форма устарела, откройте страницу заново": "this form is out of date: open the page again",
    r"этот документ сегодня уже отправляли(?: на (\S+))? (\d+) раза?: .*": "it has been sent {1} times today: "
    "it may go again tomorrow",
}


def reason_in(language: str, said: str) -> str:
    """The reason in the language, «ru» or «en»; empty when it has no English yet."""
    if language == "ru":
        return said
    plain = said.replace(NBSP, " ")
    for pattern, english in _ENGLISH.items():
        if found := re.fullmatch(pattern, plain):
            return english.format(*found.groups())
    return ""
