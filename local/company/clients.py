"""The clients of the demo company: each is here for a rule, and says for which."""

from __future__ import annotations

from datetime import date

from local.company.client import MAILINGS, TELEPHONY, Client, a_company, an_entrepreneur, at

FIRST, NEW_YEAR = date(2026, 1, 1), date(2026, 1, 9)  # nobody works in between


def _jan(day: int) -> date:
    return date(2026, 1, day)


def _feb(day: int) -> date:
    return date(2026, 2, day)


def _mar(day: int) -> date:
    return date(2026, 3, day)


def clients() -> list[Client]:
    return [
        _more_paid_than_spent(),
        _mixed_money(),
        _individual(),
        _two_payers(),
        _late_charge(),
        _refund(),
        _debtor(),
        _bonus(),
        _mended(),
        _licence(),
        _entrepreneur(),
        _sixty_services(),
        _postpaid(),
        _chargeback(),
        _reversal(),
        _reclassification(),
        _parked(),
        _bounces(),
        _act_pair(),
        _card_comes_later(),
        _never_mended(),
        _many_addresses(),
    ]


def _client(number: int, name: str, shows: str) -> Client:
    return Client(number, name, shows, [a_company(number, name)])


def _more_paid_than_spent() -> Client:
    c = _client(101, "ООО «Ромашка»", "заплатили 10 000, потратили 5 500: акт на 5 500, остаток идёт дальше").card(
        FIRST
    )
    c.pays(_jan(12), 10_000)
    c.uses_daily(_jan(1), _jan(31), 5_500)
    c.uses_daily(_feb(1), _feb(28), 5_500)
    c.pays(_mar(3), 5_000)
    c.uses_daily(_mar(1), _mar(31), 5_500)
    return c


def _mixed_money() -> Client:
    c = _client(102, "ООО «Три кармана»", "банк 3 000, карта компании 1 500, карта человека 1 000: акт на 4 500")
    c.card(FIRST)
    c.pays(_jan(12), 3_000)
    c.pays(_jan(13), 1_500, "CARD_LE")
    c.pays(_jan(14), 1_000, "CARD_IND")
    c.uses(_jan(31), 5_500)
    c.pays(_feb(10), 2_000)
    c.uses(_feb(28), 2_000)
    return c


def _individual() -> Client:
    c = Client(103, "Студия «Лютик»", "платит физическое лицо своей картой: акта нет, счёта нет, письма нет").card(
        FIRST
    )
    c.pays(_jan(12), 3_000, "CARD_IND")
    for day in (_jan(31), _feb(28)):
        c.uses(day, 1_500)
    return c


def _two_payers() -> Client:
    c = Client(104, "Группа «Дуэт»", "за один счёт платят две компании: каждой свой акт")
    c.payers = [a_company(104, "ООО «Дуэт-Север»"), a_company(204, "ООО «Дуэт-Юг»")]
    c.card(FIRST)
    c.pays(_jan(10), 4_000)
    c.pays(_jan(15), 6_000, payer=c.payers[1])
    for day in (_jan(31), _feb(28)):
        c.uses(day, 5_000)
    return c


def _late_charge() -> Client:
    c = _client(
        105, "ООО «Опоздание»", "декабрьские звонки пришли в феврале: в акте февраля они своей строкой «за декабрь»"
    )
    c.card(FIRST)
    c.pays(_jan(12), 9_000)
    c.uses(_jan(31), 3_000)
    c.uses(date(2025, 12, 30), 1_200, TELEPHONY, arrives=at(_feb(4)), unit="усл.")
    c.uses(_feb(28), 3_000)
    return c


def _refund() -> Client:
    c = _client(106, "ООО «Передумали»", "заплатили 12 000, потратили 4 000, остальное вернули: акт на 4 000").card(
        FIRST
    )
    payment = c.pays(_jan(12), 12_000)
    c.uses(_jan(20), 4_000)
    c.corrects("refund", _jan(27), payment=payment, amount=800_000, reason="клиент ушёл, заявление от 26.01.2026")
    return c


def _debtor() -> Client:
    c = _client(
        107, "ООО «Овердрафт»", "услуг на 6 000, денег 4 000: акт на всё оказанное, а долг 2 000 строкой в счёте"
    )
    c.card(FIRST)
    c.pays(_jan(12), 4_000)
    c.uses(_jan(31), 6_000)
    c.pays(_mar(5), 9_000)
    c.uses(_mar(31), 6_000)
    return c


def _bonus() -> Client:
    c = _client(
        108, "ООО «Везунчик»", "2 000 бонусами и 3 000 деньгами: бонусы тратятся первыми и в акт не входят"
    ).card(FIRST)
    c.pays(_jan(10), 2_000, "BONUS")
    c.pays(_jan(12), 3_000)
    c.uses(_jan(31), 4_000)
    return c


def _mended() -> Client:
    c = _client(109, "АО «Забывчивость»", "в карточке не было адреса: акт января ждал и вышел 10 февраля")
    complete = c.payers
    c.payers = [{**complete[0], "address": ""}]
    c.card(FIRST)
    c.pays(_jan(12), 7_000)
    c.uses(_jan(31), 7_000)
    c.payers = complete
    c.card(_feb(10))
    return c


def _licence() -> Client:
    c = _client(
        110, "ООО «Лицензиат»", "в одном акте услуги и лицензия на программу; акт января клиент не принял"
    ).card(FIRST)
    for paid, used in ((_jan(12), _jan(31)), (_feb(12), _feb(28)), (_mar(12), _mar(31))):
        c.pays(paid, 12_200)
        c.uses(used, 2_200, TELEPHONY)
        c.uses(used, 10_000, ("licence", "Лицензия на программу «Учебная CRM»"))
    return c


def _entrepreneur() -> Client:
    c = Client(111, "ИП Образцов П. Т.", "индивидуальный предприниматель: ИНН из 12 цифр, КПП нет")
    c.payers = [an_entrepreneur(111, "ИП Образцов Пример Тестович")]
    c.card(FIRST)
    for paid, used in ((_jan(12), _jan(31)), (_feb(9), _feb(28)), (_mar(9), _mar(31))):
        c.pays(paid, 2_500, "CARD_LE")
        c.uses(used, 2_500)
    return c


def _sixty_services() -> Client:
    c = _client(112, "ООО «Всё включено»", "60 услуг в месяц: акт на нескольких листах").card(FIRST)
    for paid, used in ((_jan(12), _jan(31)), (_feb(10), _feb(28)), (_mar(10), _mar(31))):
        c.pays(paid, 36_600)
        for n in range(1, 61):
            c.uses(
                used,
                9.5 * n + 100 + (n == 60) * 13_215,
                (f"s{n:02}", f"Услуга {n:02} тарифа «Всё включено»"),
                unit="шт.",
            )
    return c


def _postpaid() -> Client:
    c = _client(113, "АО «После»", "платят по договору потом: акт на всё, что списано; оплата второго акта не делает")
    c.card(FIRST, policy="postpaid", invoice_policy="act_pair")
    for used in (_jan(31), _feb(28), _mar(31)):
        c.uses(used, 15_000)
    c.pays(_feb(16), 15_000)
    return c


def _chargeback() -> Client:
    c = _client(
        114,
        "ООО «Отзыв»",
        "банк отозвал потраченную оплату картой: акт января в силе, долг — строкой в счёте, не в акте",
    )
    c.card(FIRST)
    payment = c.pays(_jan(12), 5_000, "CARD_LE")
    c.uses(_jan(31), 4_000)
    c.corrects("chargeback", _feb(13), payment=payment, amount=500_000, reason="держатель карты оспорил платёж")
    c.pays(_mar(10), 6_000)
    c.uses(_mar(31), 2_000)
    return c


def _reversal() -> Client:
    c = _client(115, "ООО «Сторно»", "1 000 за январь отменили уже после акта: строка с минусом в акте февраля").card(
        FIRST
    )
    c.pays(_jan(12), 12_000)
    charge = c.uses(_jan(31), 6_000)
    c.corrects("reversal", _feb(11), charge=charge, amount=100_000, reason="два дня сервис не работал")
    c.uses(_feb(28), 5_000)
    return c


def _reclassification() -> Client:
    c = _client(
        116,
        "ООО «Не тот карман»",
        "карта оказалась корпоративной: оператор исправил вид денег, январь вошёл в акт февраля",
    )
    c.card(FIRST)
    payment = c.pays(_jan(12), 5_000, "CARD_IND")
    c.uses(_jan(31), 3_000)
    c.corrects(
        "reclassification",
        _feb(17),
        payment=payment,
        reason="письмо клиента, карта компании",
        **{"class": "CARD_LE", "payer": {"inn": c.payer["inn"], "kpp": c.payer["kpp"]}},
    )
    c.uses(_feb(28), 2_000)
    return c


def _parked() -> Client:
    c = Client(117, "ООО «Хоровод»", "в марте вдруг шесть плательщиков, а бывает до пяти: счёт отложен для человека")
    c.payers = [a_company(117 + 100 * n, f"ООО «Хоровод-{n + 1}»") for n in range(6)]
    c.card(FIRST)
    for paid, used in ((_jan(12), _jan(31)), (_feb(10), _feb(28))):
        c.pays(paid, 3_000)
        c.uses(used, 3_000)
    for n, payer in enumerate(c.payers):
        c.pays(_mar(10 + n), 1_000, payer=payer)
    c.uses(_mar(31), 6_000)
    return c


def _bounces() -> Client:
    c = _client(
        118, "ООО «Глухая почта»", "одного адреса больше нет: письмо вернулось, больше туда не пишем; на второй доходит"
    )
    c.emails = [f"bounce@{c.domain}", f"glavbuh@{c.domain}"]
    c.card(FIRST)
    for paid, used in ((_jan(12), _jan(31)), (_feb(10), _feb(28))):
        c.pays(paid, 3_300)
        c.uses(used, 3_300, MAILINGS)
    return c


def _act_pair() -> Client:
    c = _client(
        119, "ООО «Рога & Копыта <оптом>»", "счёт в пару к каждому акту; значки < > & в названии ничего не ломают"
    )
    c.card(FIRST, invoice_policy="act_pair")
    c.pays(_jan(12), 20_000)
    for day in (_jan(31), _feb(28), _mar(31)):
        c.uses(day, 4_900)
        c.uses(day, 1_100, TELEPHONY)
    return c


def _card_comes_later() -> Client:
    c = _client(120, "ООО «Новосёл»", "деньги и списания пришли раньше карточки: документы её дождались")
    c.pays(_jan(19), 5_000)
    c.uses(_jan(31), 2_500)
    c.card(_feb(5))
    c.uses(_feb(28), 2_500)
    return c


def _never_mended() -> Client:
    c = _client(121, "ООО «Опечатка»", "в ОГРН опечатка, и её так и не исправили: документы ждут, номеров не занимают")
    ogrn = c.payer["ogrn"]
    c.payers = [{**c.payer, "ogrn": ogrn[:-1] + str((int(ogrn[-1]) + 1) % 10)}]
    c.card(FIRST)
    c.pays(_feb(12), 8_000)
    for day in (_feb(28), _mar(31)):
        c.uses(day, 4_000)
    return c


def _many_addresses() -> Client:
    c = _client(122, "АО «Большая бухгалтерия»", "три администратора и добавленный адрес, повторы сняты: четыре письма")
    c.card(
        FIRST,
        administrators=[
            {"user": "u-1221", "name": "Первый", "emails": [f"first@{c.domain}", f"buh@{c.domain}"]},
            {"user": "u-1222", "name": "Второй", "emails": [f"BUH@{c.domain}", f"second@{c.domain}"]},
            {"user": "u-1223", "name": "Без почты", "emails": []},
        ],
        added_addresses=["audit@auditor.example", "это не адрес"],
    )
    c.pays(_jan(12), 45_000)
    for day in (_jan(31), _feb(28), _mar(31)):
        c.uses(day, 15_000)
    return c
