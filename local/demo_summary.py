"""The end of a demo in words: what the company did, month by month, and whether it all adds up."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from billing.domain.ledger import ACTED
from billing.domain.money import roubles
from billing.domain.periods import Month
from billing.domain.wording import counted, month_name
from local.demo_input import Play
from local.demo_world import World, waits_for

LISTED_MAX = 40


def summary(world: World, play: Play, *, again: tuple[int, int], out: Path, seconds: float) -> str:
    months = sorted(world.tallies)
    said = ["", *_table(world, months), ""]
    if play.clients:
        said += ["Клиенты и что на них видно", *_clients(world, play, months), ""]
    said += world.edo
    said += _listed(
        "Не закрыты, ждут решения человека",
        [f"{_name(world, p['account'])}, {_month(p['month'])}: {p['reason']}" for p in world.parked],
    )
    said += _listed(
        "Документы ждут человека",
        [
            f"{_name(world, d['account'])}, {d['summary'].rpartition(':')[0]}: {waits_for(d)}"
            for d in world.documents
            if d["status"] == "blocked"
        ],
    )
    said += _listed(
        "Письма не дошли",
        [
            f"{_name(world, line[0])}, {_month(m)}: {line[2]} ({_LOST.get(line[1], line[1])})"
            for m in months
            for line in world.tallies[m]["undelivered"]
        ],
    )
    said += _listed(f"Не принято сообщений: {len(world.refused) + len(play.problems)}", _refused(world, play))
    said += _listed("К сведению", play.remarks)
    said += _listed("ОШИБКИ ФУНКЦИЙ", world.errors)
    said.append(_verdict(world, months))
    said.append(
        "Тот же месяц закрыт ещё раз: "
        + (
            "ни одного нового документа и ни одного письма."
            if again == (0, 0)
            else f"ПОЯВИЛОСЬ документов {again[0]}, писем {again[1]}!"
        )
    )
    said += ["", f"Всё лежит в {out}/ (документы, письма, отчёты), начните с {out / 'index.html'}. {seconds:.0f} с."]
    return "\n".join(said)


_LOST = {
    "bounced": "вернулось",
    "suppressed": "адреса нет, больше не пишем",
    "complained": "пожаловались на спам",
    "refused": "почта не взяла",
    "unconfirmed": "подтверждения нет",
}


def _table(world: World, months: list[str]) -> list[str]:
    """One column a month; a year and more is told a month a line, by its reports."""
    if len(months) > 6:
        return [world.tallies[m]["summary"] for m in months]
    rows: list[tuple[str, list[str]]] = [("", [_month(m) for m in months])]
    tallies = [world.tallies[m] for m in months]
    rows.append(("поступило", [_sum(sum(t["paid"].values())) for t in tallies]))
    rows.append(("списано за услуги", [_sum(t["charged"]) for t in tallies]))
    rows.append(("к актам: оплачено и в долг", [_sum(_legal(t, "funded")) for t in tallies]))
    rows.append(("в актах", [_sum(_legal(t, "acted")) for t in tallies]))
    rows.append(("акты", [_papers(t, "act") for t in tallies]))
    rows.append(("счета", [_papers(t, "invoice") for t in tallies]))
    rows.append(("счетов закрыто / отложено", [f"{t['closed']} / {t['parked_count']}" for t in tallies]))
    rows.append(("документов ждут человека", [str(t["blocked_count"]) for t in tallies]))
    rows.append(("писем доставлено / нет", [_letters(t) for t in tallies]))
    wide = max(len(name) for name, _ in rows)
    widths = [max(len(cells[i]) for _, cells in rows) for i in range(len(months))]
    return [
        "  " + name.ljust(wide) + "".join("   " + cell.rjust(w) for cell, w in zip(cells, widths, strict=True))
        for name, cells in rows
    ]


def _legal(tally: dict[str, Any], name: str) -> int:
    return sum(tally[name].get(money.value, 0) for money in ACTED)


def _papers(tally: dict[str, Any], kind: str) -> str:
    count, total = tally["documents"].get(kind, (0, 0))
    return f"{count} на {_sum(total)}" if count else "—"


def _letters(tally: dict[str, Any]) -> str:
    delivered = tally["letters"].get("delivered", 0)
    return f"{delivered} / {sum(tally['letters'].values()) - delivered}"


def _clients(world: World, play: Play, months: list[str]) -> list[str]:
    said = []
    for c in play.clients:
        acts = []
        for m in months:
            found = [d for d in world.documents if d["account"] == c.account and d["kind"] == "act" and d["month"] == m]
            acts.append(
                " + ".join(_sum(d["total_kop"]) + ("*" if d["status"] == "blocked" else "") for d in found) or "—"
            )
        said.append(f"  {c.title}: {c.shows}")
        said.append(f"      акты: {' · '.join(acts)}")
    if any(d["status"] == "blocked" for d in world.documents):
        said.append("  * ждёт человека")
    return said


def _refused(world: World, play: Play) -> list[str]:
    """Reasons, each with the line of the folder it is about, or the account where the line had no readable key."""
    if play.clients:
        reasons = Counter(r["reason"] for r in world.refused)
        return [f"{reason} ({counted(n, 'раз', 'раза', 'раз')})" if n > 1 else reason for reason, n in reasons.items()]
    sources = {t.body["key"]: t.source for t in play.told if isinstance(t.body, dict)}
    return [*play.problems, *(f"{sources.get(r['key']) or r['account']}: {r['reason']}" for r in world.refused)]


def _verdict(world: World, months: list[str]) -> str:
    tallies = [world.tallies[m] for m in months]
    spent, acted = (sum(_legal(t, name) for t in tallies) for name in ("funded", "acted"))
    wrong = [m for m in months if not world.tallies[m]["holds"]]
    if wrong or not months:
        return "НЕ СХОДИТСЯ: " + (", ".join(_month(m) for m in wrong) or "нет ни одного отчёта")
    carried = _legal(tallies[-1], "carried_out") - _legal(tallies[0], "carried_in")
    again = sum(_legal(t, "carried_in") for t in tallies)
    on = f" (на следующий месяц перенесено {_sum(carried)})" if carried else ""
    return f"Сходится: по журналу к актам {_sum(spent - again)} ₽, в актах {_sum(acted)} ₽{on}."


def _listed(head: str, lines: list[str]) -> list[str]:
    if not lines:
        return []
    more = [f"  … и ещё {len(lines) - LISTED_MAX}"] if len(lines) > LISTED_MAX else []
    return [head, *(f"  {line}" for line in lines[:LISTED_MAX]), *more, ""]


def _name(world: World, account: str) -> str:
    return world.titles.get(account, account)


def _month(text: str) -> str:
    return month_name(Month.parse(text))


def _sum(amount: int) -> str:
    return roubles(amount)
