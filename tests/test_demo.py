"""The demo takes anybody's messages, says what it could not take, and leaves papers under readable names."""

from __future__ import annotations

import email
import email.policy
import json
from pathlib import Path

import pytest

from billing.domain.errors import InvalidInputError
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
    assert "Сходится: из денег компаний списано 14 500,00 ₽, в актах 14 500,00 ₽." in said.replace("\u00a0", " ")
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


def test_the_sample_company_ends_its_quarter_with_documents_signed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    """One client refuses an act, one declines, one is at an operator that wants a request, one has two boxes."""
    monkeypatch.setattr(demo, "_quiet", lambda: None)
    out = tmp_path / "out"

    assert demo.main(["--out", str(out)]) == 0

    said = capsys.readouterr().out
    heads, counts, *lines = said.partition("Обмен документами через Диадок\n")[2].split("\n\n")[0].split("\n")
    told = dict(zip(heads.strip().split("   "), map(int, counts.split()), strict=True))
    assert told["отправлено"] == told["подписано"] + told["отказ"] > 40
    assert (told["отказ"], told["ждёт человека"]) == (1, 4)
    assert sorted(line.split(": ")[1] for line in lines) == [
        "контрагент отказал в подписи",
        "контрагент отказался от обмена",
        "нужна заявка на роуминг",
        "у организации несколько ящиков",
    ]
    assert "ни одного нового документа и ни одного письма" in said
    january = {p.name.rpartition("Ромашка.")[2] for p in (out / "documents" / "ООО «Ромашка»" / "2026-01").glob("Акт*")}
    assert january == {"pdf", "1.xml", "print.pdf", "protocol.pdf", "protocol.sig", "zip"}
    window = [p.read_text(encoding="utf-8") for p in sorted((out / "reports").glob("edo.sending.2026-Q1.*.txt"))]
    assert "Отказано в подписи: 1" in window[-1]


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
