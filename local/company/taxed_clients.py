"""The clients of the sample company that charges VAT: what only such a company meets."""

from __future__ import annotations

from datetime import date

from local.company.client import CRM, TELEPHONY, Client, a_company, at

_FIRST = date(2026, 1, 1)
_PAID, _JANUARY, _FEBRUARY = date(2026, 1, 12), date(2026, 1, 31), date(2026, 2, 28)
_NO_VAT = "подп. 26 п. 2 ст. 149 НК РФ"
_LICENCE = ("licence", "Лицензия на программу «Учебная АТС»")


def taxed_clients() -> list[Client]:
    return [_taxed(), _two_rates(), _late_charge(), _reversal(), _on_paper()]


def _client(number: int, name: str, shows: str) -> Client:
    return Client(number, name, shows, [a_company(number, name)]).card(_FIRST)


def _taxed() -> Client:
    c = _client(
        301, "ООО «Абонент»", "НДС 22 % в цене: УПД со счётом-фактурой уходит в Диадок каждый месяц, за пять дней"
    )
    c.pays(_PAID, 12_200)
    for day in (_JANUARY, _FEBRUARY):
        c.uses(day, 6_100, TELEPHONY)
    return c


def _two_rates() -> Client:
    c = _client(302, "ООО «Две ставки»", "в одном акте услуги с НДС 22 % и лицензия «без НДС», с основанием")
    for paid, used in ((_PAID, _JANUARY), (date(2026, 2, 12), _FEBRUARY)):
        c.pays(paid, 12_200)
        c.uses(used, 2_200, TELEPHONY)
        c.uses(used, 10_000, _LICENCE, vat="none", vat_ground=_NO_VAT)
    return c


def _late_charge() -> Client:
    c = _client(
        303, "ООО «Опоздание»", "звонки декабря (НДС 20 %) пришли в феврале: другой налоговый период, ждут человека"
    )
    c.pays(_PAID, 9_000)
    c.uses(_JANUARY, 3_000)
    c.uses(date(2025, 12, 30), 1_200, TELEPHONY, arrives=at(date(2026, 2, 4)), unit="усл.")
    c.uses(_FEBRUARY, 3_000)
    return c


def _reversal() -> Client:
    c = _client(
        304, "ООО «Сторно»", "1 000 за январь отменили после акта: с НДС это УКД, а не строка с минусом, ждёт человека"
    )
    c.pays(_PAID, 12_000)
    charge = c.uses(_JANUARY, 6_000, CRM)
    c.corrects("reversal", date(2026, 2, 11), charge=charge, amount=100_000, reason="два дня сервис не работал")
    c.uses(_FEBRUARY, 5_000, CRM)
    return c


def _on_paper() -> Client:
    c = _client(305, "АО «На бумаге»", "от обмена отказались: акт с НДС уходит письмом, и отказ виден бухгалтеру")
    c.pays(_PAID, 6_100)
    c.uses(_JANUARY, 6_100, TELEPHONY)
    return c
