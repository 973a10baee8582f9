"""What the API says to people, in the language of the request."""

from __future__ import annotations

from billing.page.language import Language

_TITLES = {
    "400": ("Запрос не подходит", "The request does not fit"),
    "401": ("Войдите через CRM", "Sign in through the CRM"),
    "403": ("Вашей роли это недоступно", "Your role may not do this"),
    "foreign form": ("Обновите страницу и повторите", "Reload the page and try again"),
    "404": ("Такого здесь нет", "There is no such thing here"),
    "405": ("Так к этому адресу не обращаются", "This address is not asked in that way"),
    "409": ("Сейчас это невозможно", "This cannot be done now"),
    "413": ("Запрос слишком велик", "The request is too large"),
    "415": ("Запрос не в том формате", "The request is in another format"),
    "429": ("Слишком часто", "Too many requests"),
    "500": ("Ошибка на нашей стороне", "An error on our side"),
    "503": ("Попробуйте через минуту", "Try again in a minute"),
}


def titles(word: str, language: Language) -> str:
    russian, english = _TITLES[word]
    return russian if language is Language.RU else english
