"""The demo takes anybody's messages, says what it could not take, and leaves papers under readable names."""

from __future__ import annotations

import email
import email.policy
import io
import json
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from billing.domain.errors import InvalidInputError
from billing.domain.money import NBSP
from local import demo
from local.demo_input import read_folder
from local.demo_out import NAME_MAX, plain_name

MESSAGES = Path(__file__).parent.parent / "events" / "messages"
CHARGE = {
    "kind": "charge",
    "key": "c",
    "account": "c-1",
    "at": "2026-03-31T12:00:00+03:00",
    "service": "crm",
    "title": "Доступ",
    "amount": 100,
    "vat": "none",
}


def a_folder(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    return folder


def test_a_folder_of_messages_becomes_papers_letters_and_reports(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(demo, "_quiet", lambda: None)
    out = tmp_path / "out"
    (out / "documents").mkdir(parents=True)
    (out / "documents" / "of the last time.pdf").write_bytes(b"")
    (out / "mine.txt").write_text("kept")

    assert demo.main(["--from", str(MESSAGES), "--out", str(out)]) == 0

    said = capsys.readouterr().out
    assert "Сходится: по журналу к актам 14 500,00 ₽, в актах 14 500,00 ₽." in said.replace("\u00a0", " ")
    assert "ни одного нового документа и ни одного письма" in said
    january = out / "documents" / "ООО «Ромашка»" / "2026-01"
    assert [p.name for p in january.iterdir()] == ["Акт № 1 от 01.02.2026 ООО Ромашка.pdf"]
    assert all(p.read_bytes().startswith(b"%PDF-") for p in out.glob("documents/*/*/*.pdf"))
    assert not (out / "documents" / "of the last time.pdf").exists()
    assert (out / "mine.txt").exists()
    letter = (out / "letters" / "2026-01" / "ООО «Ромашка» – anna@romashka.example.eml").read_bytes()
    assert email.message_from_bytes(letter, policy=email.policy.default)["To"] == "anna@romashka.example"
    assert json.loads((out / "reports" / "2026-01.001.json").read_text(encoding="utf-8"))["difference"] == 0
    assert "Сходится" in (out / "reports" / "2026-01.001.txt").read_text(encoding="utf-8")
    assert "Акт № 1" in (out / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def demo_out(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder that a demo leaves, and what it prints."""
    out, printed = tmp_path_factory.mktemp("demo") / "out", io.StringIO()
    with pytest.MonkeyPatch.context() as monkeypatch, redirect_stdout(printed):
        monkeypatch.setattr(demo, "_quiet", lambda: None)
        assert demo.main(["--out", str(out)]) == 0
    return out, printed.getvalue().replace(NBSP, " ")


def exchange_in(printed: str) -> tuple[dict[str, int], list[str]]:
    """Return the counts of the small table and what waits for a person."""
    heads, counts, *lines = printed.partition("Обмен документами через Диадок\n")[2].split("\n\n")[0].split("\n")
    found = dict(zip(heads.strip().split("   "), map(int, counts.split()), strict=True))
    return found, sorted(line.split(": ")[1] for line in lines)


def test_the_company_without_vat_ends_its_quarter_with_documents_signed(demo_out: tuple[Path, str]):
    """One client refuses an act, one declines, one is at an operator that wants a request, one has two boxes."""
    out, printed = demo_out
    first, second = printed.split("ООО «Учебная телефония»: ")

    counts, people = exchange_in(first)

    assert counts["отправлено"] == counts["подписано"] + counts["отказ"] > 40
    assert (counts["отказ"], counts["ждёт человека"]) == (1, 4)
    assert people == [
        "контрагент отказал в подписи",
        "контрагент отказался от обмена",
        "нужна заявка на роуминг",
        "у организации несколько ящиков",
    ]
    assert "Сходится: по журналу к актам 373 700,00 ₽, в актах 373 700,00 ₽." in first
    assert all("ни одного нового документа и ни одного письма" in part for part in (first, second))
    january = {p.name.rpartition("Ромашка.")[2] for p in (out / "documents" / "ООО «Ромашка»" / "2026-01").glob("Акт*")}
    assert january == {"pdf", "1.xml", "print.pdf", "protocol.pdf", "protocol.sig", "zip"}
    act = (out / "documents" / "ООО «Ромашка»" / "2026-01" / "Акт № 1 от 01.02.2026 ООО Ромашка.1.xml").read_bytes()
    assert 'Функция="ДОП"'.encode("windows-1251") in act
    window = [p.read_text(encoding="utf-8") for p in sorted((out / "reports").glob("edo.sending.2026-Q1.*.txt"))]
    assert "Отказано в подписи: 1" in window[-1]


def test_the_readme_shows_what_the_demo_prints(demo_out: tuple[Path, str]):
    readme = (MESSAGES.parent.parent / "README.md").read_text(encoding="utf-8")
    excerpt = readme.partition("## See it work")[2].split("```")[1].strip("\n").split("\n")
    shown = [line.rstrip() for line in excerpt if line.strip() not in ("", "…")]

    printed = [line.rstrip() for line in demo_out[1].split("\n")]

    assert len(shown) > 15
    assert [line for line in shown if line not in printed] == []


def test_an_act_is_refused_with_the_clients_own_words(demo_out: tuple[Path, str]):
    (news,) = (demo_out[0] / "reports").glob("edo.news.*.txt")

    lines = news.read_text(encoding="utf-8").replace(NBSP, " ").split("\n")

    assert "— ООО «Лицензиат»: акт № 9, ИНН 9999001105, с 03.04.2026: контрагент отказал в подписи" in lines
    assert "  Сумма не сходится с нашей" in lines


def test_a_client_orders_an_act_of_reconciliation_and_its_contract_is_of_no_month(demo_out: tuple[Path, str]):
    """It paid 15 000,00; its acts of the quarter are 11 000,00: the one of March is dated in April."""
    client = demo_out[0] / "documents" / "ООО «Ромашка»"
    letters = [
        email.message_from_bytes(p.read_bytes(), policy=email.policy.default)
        for p in (demo_out[0] / "letters").glob("*/ООО «Ромашка»*.eml")
    ]

    assert [p.name for p in (client / "2026-04").iterdir()] == ["Акт сверки № 1 от 04.04.2026 ООО Ромашка.pdf"]
    assert (client / "договор" / "Договор № Д-101-2025 от 15.01.2025 ООО Ромашка.pdf").exists()
    (text,) = (text for m in letters if "Акт сверки" in (text := m.get_body(("plain",)).get_content()))
    assert "наш долг 4 000,00 ₽" in text.replace(NBSP, " ")


def test_the_company_that_charges_vat_lies_beside_with_its_signed_acts(demo_out: tuple[Path, str]):
    """Four of its five clients exchange: of each a contract and the acts of two months."""
    out, printed = demo_out
    second = printed.split("ООО «Учебная телефония»: ")[1]

    counts, people = exchange_in(second)

    assert (counts["отправлено"], counts["подписано"], people) == (12, 12, ["контрагент отказался от обмена"])
    assert "Сходится: по журналу к актам 59 900,00 ₽, в актах 59 900,00 ₽." in second
    (act,) = (out / "vat" / "documents" / "ООО «Абонент»" / "2026-01").glob("Акт*.1.xml")
    assert 'Функция="СЧФДОП"'.encode("windows-1251") in act.read_bytes()
    assert 'href="vat/index.html"' in (out / "index.html").read_text(encoding="utf-8")


def test_what_the_ledger_itself_refuses_is_told_with_its_line_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(demo, "_quiet", lambda: None)
    refund = {
        "kind": "refund",
        "key": "r",
        "account": "c-1",
        "at": "2026-03-31T13:00:00+03:00",
        "payment": "no",
        "amount": 1,
    }
    folder = a_folder(tmp_path, ledger="\n".join(map(json.dumps, (CHARGE, refund))))

    demo.main(["--from", str(folder), "--out", str(tmp_path / "out")])

    assert "ledger.jsonl:2: такого платежа на счёте нет" in capsys.readouterr().out


def test_messages_are_put_in_the_order_of_their_time_and_cards_come_first(tmp_path: Path):
    late, early = CHARGE | {"key": "late"}, CHARGE | {"key": "early", "at": "2026-01-05T12:00:00+03:00"}
    card = {"kind": "customer", "key": "card", "account": "c-1", "at": "2020-01-01T12:00:00+03:00", "title": "x"}

    play = read_folder(a_folder(tmp_path, a="\n".join(map(json.dumps, (late, early))), b=json.dumps(card)))

    assert [t.body["key"] for t in play.told if isinstance(t.body, dict)] == ["seller:1", "card", "early", "late"]
    assert (str(play.first), str(play.last)) == ("2026-01", "2026-03")


def test_a_bad_line_is_told_with_its_file_its_number_and_the_reason(tmp_path: Path):
    lines = [json.dumps(CHARGE), "", "{", json.dumps(CHARGE | {"amount": "1"})]

    play = read_folder(a_folder(tmp_path, ledger="\n".join(lines)))

    assert play.problems == [
        "ledger.jsonl:3: message: Invalid JSON: EOF while parsing an object at line 1 column 1",
        "ledger.jsonl:4: amount: Input should be a valid integer",
    ]


def test_a_file_that_is_no_text_is_told(tmp_path: Path):
    a_folder(tmp_path, a=json.dumps(CHARGE))
    (tmp_path / "b.jsonl").write_bytes(b"\xff\xfe\x00")

    assert read_folder(tmp_path).problems == ["b.jsonl: не читается как текст в UTF-8 (UnicodeDecodeError)"]


def test_messages_of_years_ago_are_taken_as_of_their_own_time(tmp_path: Path):
    play = read_folder(a_folder(tmp_path, a=json.dumps(CHARGE | {"at": "2019-05-01T12:00:00+03:00"})))

    assert (str(play.first), play.problems) == ("2019-05", [])


def test_without_a_card_of_the_seller_there_is_a_sample_one_and_a_remark(tmp_path: Path):
    play = read_folder(a_folder(tmp_path, a=json.dumps(CHARGE)))

    assert "карточки продавца" in play.remarks[0]


@pytest.mark.parametrize("text", ["", "{", "\n\n"])
def test_a_folder_with_nothing_to_close_is_refused(tmp_path: Path, text: str):
    with pytest.raises(InvalidInputError):
        read_folder(a_folder(tmp_path, a=text))


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert demo.main(["--from", str(tmp_path / "none"), "--out", str(tmp_path / "out")]) == 2
    assert "нет папки" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("ООО «Ромашка»", "ООО «Ромашка»", id="as it is"),
        pytest.param('ООО "А/Б\\В": <г>?*|', "ООО А Б В г", id="what file systems mind"),
        pytest.param("../../etc/passwd", "etc passwd", id="a way out"),
        pytest.param("...", "без имени", id="nothing"),
        pytest.param("a\nb", "a b", id="a line break"),
    ],
)
def test_names_of_clients_become_names_of_folders(text: str, name: str):
    assert plain_name(text) == name


def test_a_long_name_fits():
    assert len(plain_name("я" * 1_000).encode()) <= NAME_MAX
