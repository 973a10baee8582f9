"""`out/`: the papers by client and month, the letters, the reports, and a page that leads to all of them."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from billing.domain.money import NBSP, roubles
from billing.domain.periods import Month
from billing.domain.wording import month_name
from local.demo_input import Play
from local.demo_world import Letter, World, waits_for

NAME_MAX = 180  # bytes of a file's name, of the 255 that file systems take
CONTRACTS = "договор"
FOLDERS = ("documents", "letters", "reports", "vat")  # ours: made anew each time


def clear(out: Path) -> None:
    """Remove what an earlier demo wrote; whatever else lies in the folder stays."""
    for name in FOLDERS:
        shutil.rmtree(out / name, ignore_errors=True)


def write_out(out: Path, world: World, play: Play, others: Sequence[Play] = ()) -> None:
    """Write what the world holds. `others`: plays that lie in folders of this one."""
    out.mkdir(parents=True, exist_ok=True)
    papers = _write_papers(out / "documents", world)
    letters = _write_letters(out / "letters", world)
    _write_reports(out / "reports", world)
    (out / "index.html").write_text(_page(world, play, papers, letters, others), encoding="utf-8")


def plain_name(text: str) -> str:
    """A name for a file on any system: no separators, no quotes that shells and Windows mind, not too long."""
    name = re.sub(r"\s+", " ", re.sub(r'[\x00-\x1f/\\:*?"<>|]', " ", text)).strip(" .") or "без имени"
    while len(name.encode()) > NAME_MAX:
        name = name[:-1].rstrip()
    return name


def client_name(world: World, account: str) -> str:
    """The client's title, with the account where two are named alike."""
    title = world.titles.get(account, account)
    alike = [a for a, t in world.titles.items() if plain_name(t).casefold() == plain_name(title).casefold()]
    return plain_name(title) if len(alike) < 2 else f"{plain_name(title)} ({account})"


def _write_papers(folder: Path, world: World) -> dict[str, list[tuple[str, Path]]]:
    """Write the files of each account, by month; a contract is of none. Return their months and places under `out/`."""
    placed: dict[str, list[tuple[str, Path]]] = {}
    for d in world.documents:
        if not d.get("file"):
            continue
        stem = f"edo/{d['account']}/{d['document']}."
        name = plain_name(d["file_name"].removesuffix(".pdf"))
        group = CONTRACTS if d["kind"] == "contract" else d["month"]
        place = folder / client_name(world, d["account"]) / group / f"{name}.pdf"
        if place.exists():
            place = place.with_stem(f"{name} ({d['payer']})")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(world.files[d["file"]])
        for key in (key for key in world.files if key.startswith(stem)):  # as it was signed, and what is kept of it
            place.with_name(f"{place.stem}.{key.removeprefix(stem)}").write_bytes(world.files[key])
        placed.setdefault(d["account"], []).append((group, place.relative_to(folder.parent)))
    return placed


def _write_letters(folder: Path, world: World) -> dict[str, list[Path]]:
    placed: dict[str, list[Path]] = {}
    for letter in world.letters:
        if letter.account in ("report", "edo"):
            continue
        who = "Приглашение в ЭДО" if letter.account == "reminder" else client_name(world, letter.account)
        stem = plain_name(f"{who} – {letter.mail.to}")
        place, n = folder / letter.month / f"{stem}.eml", 1
        while place.exists():
            n += 1
            place = place.with_stem(f"{stem} ({n})")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(letter.mail.raw)
        placed.setdefault(letter.account, []).append(place.relative_to(folder.parent))
    return placed


def _write_reports(folder: Path, world: World) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in world.reports.items():
        text = json.dumps(json.loads(body), ensure_ascii=False, indent=1, sort_keys=True)
        (folder / name).write_text(text + "\n", encoding="utf-8")
    for letter in (found for found in world.letters if found.account == "report"):
        number = str(letter.mail.message["X-Delivery"]).split("_")[2]
        (folder / f"{letter.month}.{int(number):03}.txt").write_text(_text_of(letter), encoding="utf-8")
    for letter in (found for found in world.letters if found.account == "edo"):
        _, scope, number, _ = str(letter.mail.message["X-Delivery"]).split("_")
        name = ".".join((*scope.split("-", 2), str(int(number))))
        (folder / f"{plain_name(name)}.txt").write_text(_text_of(letter), encoding="utf-8")


def _text_of(letter: Letter) -> str:
    body = letter.mail.message.get_body(("plain",))
    said = body.get_content() if body else ""
    return f"Кому: {letter.mail.to}\nТема: {letter.mail.message['Subject']}\n\n{said}"


def _page(
    world: World,
    play: Play,
    papers: dict[str, list[tuple[str, Path]]],
    letters: dict[str, list[Path]],
    others: Sequence[Play],
) -> str:
    shows = {c.account: re.sub(r"(?<=\d) (?=\d{3})", NBSP, c.shows) for c in play.clients}
    accounts = sorted({d["account"] for d in world.documents} | set(world.titles) | set(shows))
    rows = "\n".join(_row(world, a, shows.get(a, ""), papers.get(a, []), letters.get(a, [])) for a in accounts)
    reports = " · ".join(
        _link(Path("reports") / f"{name.removesuffix('.json')}.txt", name.removesuffix(".json"))
        for name in world.reports
    )
    beside = "".join(f"<p>{_link(Path(other.folder) / 'index.html', other.title)}</p>" for other in others)
    return f"""<!doctype html>
<html lang="ru"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{escape(play.title)}</title>
<style>body{{font:15px/1.45 system-ui,sans-serif;margin:2em auto;max-width:70em;padding:0 1em;color:#222}}
table{{border-collapse:collapse;width:100%}}td,th{{text-align:left;vertical-align:top;padding:.5em .7em;
border-top:1px solid #ddd}}small{{color:#666}}a{{color:#0a58ca}}</style>
<h1>{escape(play.title)}</h1>
<p>Отчёты о закрытии: {reports or "нет"}</p>{beside}
<table><tr><th>Клиент<th>Документы<th>Письма</tr>
{rows}
</table></html>
"""


def _row(world: World, account: str, shows: str, papers: list[tuple[str, Path]], letters: list[Path]) -> str:
    said: list[str] = []
    for month in sorted({m for m, _ in papers}):
        links = "<br>".join(_link(path, path.stem) for m, path in papers if m == month)
        head = month if month == CONTRACTS else month_name(Month.parse(month))
        said.append(f"<small>{head}</small><br>{links}")
    waiting = [
        f"{escape(d['summary'])}: {escape(waits_for(d))}"
        for d in world.documents
        if d["account"] == account and d["status"] == "blocked"
    ]
    said += [f"<small>ждёт: {w}</small>" for w in waiting]
    said += [
        f"<small>отложен {p['month']}: {escape(p['reason'])}</small>" for p in world.parked if p["account"] == account
    ]
    sent = "<br>".join(_link(path, path.parent.name[:10] + " " + path.stem.rpartition(" – ")[2]) for path in letters)
    total = sum(d["total_kop"] for d in world.documents if d["account"] == account and d["kind"] == "act")
    return (
        f"<tr><td><b>{escape(world.titles.get(account, account))}</b> <small>{account}</small><br>{escape(shows)}<br>"
        f"<small>в актах {roubles(total)} ₽</small><td>{'<br>'.join(said) or '—'}<td>{sent or '—'}</tr>"
    )


def _link(path: Path, text: str) -> str:
    return f'<a href="{escape(quote(path.as_posix()))}">{escape(text)}</a>'
