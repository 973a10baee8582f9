"""What must hold in the exchange of documents when the world has come to rest, held against the stand-in itself."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

from local.diadoc.identifiers import moment_of
from tests.world_edo.company import WAYS, Company, Way, document_keys, moscow
from tests.world_edo.safety import DUE, FAILED, FEEDS, RANKS
from tests.world_edo.safety import RELATIONS as STANDS

OPEN = tuple(f"edo.open.{n:02}" for n in range(4))
OVER = ("accepted", "disagreed", "refused", "finished")
OF_DOCUMENTS = {
    "signature_invalid": "signature_invalid",
    "delivery_failed": "delivery_failed",
    "refused": "refused",
    "disagreed": "signed_with_disagreements",
    "awaits_our_signature": "waits_for_our_signature",
}
RELATIONS = {  # after the campaign, where it is not that of partners
    "twins": "",
    "far": "",
    "private person": "",
    "no box": "IsInvitedByMe",
    "the 4th": "IsInvitedByMe",
    "the 5th": "IsInvitedByMe",
    "declines": "RejectsMe",
}
LAST_RUN = {"campaign": "2026-03-25 23:00", "quarter": "2026-04-05 23:00"}


def check(world: Company, what: str) -> None:
    """`what`: campaign or quarter."""
    assert not world.dead, "a message is still dead"
    _invitations(world)
    if what == "campaign":
        _relations(world)
        expected = {_payer(way): way.reason for way in world.ways.values() if way.reason and way.name != BREAKS}
    else:
        _documents(world)
        _waiting(world)
        _told_the_same_day(world)
        expected = _people_of_a_quarter(world)
    _told_once(world, what)
    _read(world)
    people = _listed(world)
    assert people == expected, f"the list for a person: {people}, it should be {expected}"
    _again(world, what)


def _listed(world: Company) -> dict[str, str]:
    return {s.sk: s.row["line"]["reason"] for s in world.store.rows("control") if s.pk == "edo.people"}


BREAKS = WAYS["breaks up"].name


def _payer(way: Way) -> str:
    return f"payer.{way.payer['inn']}.{way.payer['kpp']}"


# --- the campaign ------------------------------------------------------------------------------------------------


def _invitations(world: Company) -> None:
    """At most one invitation a box and month, whatever came of it."""
    asked = Counter[tuple[str, int]]()
    for event in world.partner_feed():
        if "IInvitedCounteragent" in event.types:
            month = event.partnership.ticks // (30 * 86_400 * 10_000_000)  # far apart: within a campaign it is one
            asked[event.partnership.partner, month] += 1
    assert set(asked.values()) <= {1}, f"a box is invited {max(asked.values())} times"


def _relations(world: Company) -> None:
    names = {way.name: name for name, way in WAYS.items()}
    for inn, way in world.ways.items():
        boxes = [o.box_id for o in world.state.organizations.values() if o.inn == inn]
        stands = RELATIONS.get(names[way.name], "IsMyCounteragent")
        for box in boxes[:-1]:
            assert not world.relation(box), f"{way.name}: the other box is {world.relation(box)}"
        if stands or boxes:
            now = world.relation(boxes[-1]) if boxes else ""
            assert now == stands, f"{way.name} is {now or 'no partner'} after the campaign, it should be {stands}"
    for s in world.store.rows("control"):
        if s.pk == "edo.counterparties":
            payer = s.row["counterparty"]
            assert (payer["task"], payer["pending"]) == ("", ""), f"{payer['name']}: a question is still open"
            theirs = STANDS[world.relation(payer["box"])] if payer["box"] else "none"
            assert payer["partnership"] == theirs, f"{payer['name']} is {theirs}, our row says {payer['partnership']}"


def _told_once(world: Company, what: str) -> None:
    """Our accountant reads of each thing that is new once."""
    told = Counter[tuple[str, str, str]]()
    for s in world.store.rows("control"):
        if s.pk == "edo.reports" and s.row["kind"] == "invitations":
            for section in s.row["sections"]:
                told.update(
                    (section["name"], line["who"], line["reason"]) for line in section["lines"] if line["fresh"]
                )
    if not world.faults["unknown_enum"]:  # an unknown status is a thing of its own, and then it is as it was
        assert set(told.values()) <= {1}, f"told twice: {told.most_common(1)}"
    heard = {who for _, who, _ in told}
    for s in world.store.rows("control") if what == "campaign" else ():
        if s.pk == "edo.counterparties" and s.row["counterparty"]["standing"] in ("accepted", "invited", "person"):
            assert s.row["counterparty"]["name"] in heard, f"nobody is told of {s.row['counterparty']['name']}"


# --- the window --------------------------------------------------------------------------------------------------


def stage_of(document: Any) -> str:
    """Where the stand-in has a document, said anew."""
    if document.sender_signature == "SenderSignatureCheckedAndInvalid":
        return "signature_invalid"
    if document.sender_signature == "WaitingForSenderSignature":
        return "awaits_our_signature"
    answers = {
        "WithRecipientSignature": "accepted",
        "WithRecipientPartiallySignature": "disagreed",
        "RecipientSignatureRequestRejected": "refused",
    }
    if document.recipient_response in answers:
        return answers[document.recipient_response]
    if not document.delivered:
        return "sent"
    return "finished" if document.recipient_response == "RecipientResponseStatusNotAcceptable" else "delivered"


def _documents(world: Company) -> None:
    """I11: one document there for each that is due; its row, its bytes and its signature are those that are there."""
    there: dict[str, list[Any]] = defaultdict(list)
    for message, document in world.our_documents():
        there[document.custom_document_id].append((message, document))
    rows = {id: row for id, row in document_keys(world).items() if row["status"] != "void"}
    strange = set(there) - set(rows)
    assert not strange, f"I11: {strange} at the operator, and not among our documents"
    for id, row in rows.items():
        way = world.ways[row["payer"]]
        attempts, state = there[id], row["state"]
        if not way.due or row["status"] != "ready":
            assert not attempts, f"I11: {id} of {way.name} is at the operator"
            continue
        failed = [document for _, document in attempts if stage_of(document) in FAILED]
        good = [(message, document) for message, document in attempts if document not in failed]
        assert attempts, f"I11: {id} of {way.name} is not at the operator"
        assert len(good) <= 1, f"I11: {id} is {len(good)} times at the operator"
        assert state["fate"]["attempt"] == len(attempts), f"I11: {id}: attempt {state['fate']['attempt']}"
        message, document = attempts[-1]
        _agrees(world, id, state, message, document)
    contracts = Counter(row["payer"] for row in rows.values() if row["kind"] == "contract")
    for inn, way in world.ways.items():
        made = contracts[inn] <= 1 if way.name == BREAKS else contracts[inn] == way.due  # it was made before the break
        assert made, f"{way.name} has {contracts[inn]} contracts"
        acts = [row for row in rows.values() if row["kind"] == "act" and row["payer"] == inn]
        assert way is WAYS["private person"] or acts, f"{way.name} has no acts: nothing is proved"
        reconciliations = sum(row["kind"] == "reconciliation" and row["payer"] == inn for row in rows.values())
        assert reconciliations == world.mode.reconciled, f"{way.name} has {reconciliations} acts of reconciliation"


def _agrees(world: Company, id: str, state: dict[str, Any], message: Any, document: Any) -> None:
    fate, files = state["fate"], world.files.files
    assert (fate["message"], fate["entity"]) == (message.message_id, document.entity_id), f"{id}: another place"
    assert fate["stage"] == stage_of(document), f"{id} is {stage_of(document)}, its row says {fate['stage']}"
    content = next(e.content for e in message.entities if e.entity_id == document.entity_id)
    assert content == files[state["title_file"]], f"I11: {id}: the operator has other bytes than the bucket"
    signatures = [e for e in message.entities if e.parent_id == document.entity_id and e.entity_type == "Signature"]
    ours = [e.content for e in signatures if e.signer_box == world.us]
    if world.mode.signer == "person":
        assert (state["signature"], state["signature_file"]) == ("person", "")
        assert len(ours) == (fate["stage"] != "awaits_our_signature"), f"I11: {id} has {len(ours)} signatures of ours"
    else:
        assert state["signature"] == "file"
        assert ours == [files[state["signature_file"]]], f"I11: {id}: the operator has another signature"
    bad = f"{id}.{fate['attempt']}" in world.bad_signatures
    assert bad == (fate["stage"] == "signature_invalid"), f"{id}: the verdict on its signature"
    if fate["stage"] in OVER:
        for name in ("print_form", "protocol", "archive"):
            assert state[name] == "-" or state[name] in files, f"{id} is over, and its {name} is not kept"


def _waiting(world: Company) -> None:
    """Rows of work: of those that wait for a reason, of those on their way, and no others."""
    tables = world.store.tables["work"]
    due = {key for shard in DUE for key in tables.get(shard, {})}
    on_their_way = {key for shard in OPEN for key in tables.get(shard, {})}
    not_over, wait = set(), set()
    for id, row in document_keys(world).items():
        stage, key = row["state"]["fate"]["stage"], id.replace("/", "#")
        if RANKS[stage] >= RANKS["awaits_our_signature"] and stage not in OVER:
            not_over.add(key)
        if not world.ways[row["payer"]].due and row["status"] == "ready":
            wait.add(key)
    assert due == wait, f"wait to go out: {sorted(due)}, there should be {sorted(wait)}"
    assert on_their_way == not_over, f"on their way: {sorted(on_their_way)}, there should be {sorted(not_over)}"
    assert "edo.evidence" not in tables, f"files are still due: {sorted(tables['edo.evidence'])}"
    last = world.mode.window("2026-03")
    left = world.store.get("control", "edo.left", last)
    assert left, "a window without a word of what is left"
    assert left.row["total"] == len(wait), f"{len(wait)} documents wait, {left.row['total']} are told of"
    told: dict[str, Counter[str]] = defaultdict(Counter)
    for id, row in document_keys(world).items():
        if row["state"].get("window") and row["state"]["fate"]["message"]:
            told[row["state"]["window"]][row["state"]["fate"]["stage"]] += 1
            of_a_run = row["kind"] != "contract"
            due_in = world.mode.window(row["month"])
            assert not of_a_run or row["state"]["window"] == due_in, f"{id} went in {row['state']['window']}"
    windows = {s.sk: s.row["states"] for s in world.store.rows("control") if s.pk == "edo.sending"}
    assert {w: s for w, s in windows.items() if s} == told, "a window is counted wrong"


def _told_the_same_day(world: Company) -> None:
    """Our accountant has had a letter about each end and failure, with document and client; none on the 1st."""
    heard = set()
    for s in world.store.rows("control"):
        if s.pk == "edo.reports" and s.row["kind"] in ("news", "sending"):
            on_the_first = s.row["kind"] == "sending" and s.row["day"].endswith("-01")
            assert not on_the_first, "I20: a letter about the sending on the 1st, when nothing is due"
            heard |= {line["who"] for section in s.row["sections"] for line in section["lines"]}
    for s in world.store.rows("control"):
        if s.pk == "edo.people" and s.row["line"]["reason"] in OF_DOCUMENTS.values():
            who = f"{s.row['line']['name']}: {s.row['line']['title']}"
            assert who in heard, f"I20: nobody is written to of {who}: {s.row['line']['reason']}"


def _people_of_a_quarter(world: Company) -> dict[str, str]:
    expected = {_payer(way): way.reason for way in world.ways.values() if way.reason}
    for id, row in document_keys(world).items():
        subject = f"document.{id.replace('/', '.', 1)}"
        if reason := OF_DOCUMENTS.get(row["state"]["fate"]["stage"]):
            expected[subject] = reason
        elif not world.ways[row["payer"]].due and world.faults["refuses"] and subject in _listed(world):
            expected[subject] = "not_signed"  # the signer refused it, and then the client left
    for id, row in document_keys(world).items():
        way, stage = world.ways[row["payer"]], row["state"]["fate"]["stage"]
        if way.due and row["status"] == "ready":
            ends = world.ends(way, id, row["kind"])
            assert stage == ends, f"{id} of {way.name} is {stage}, it should be {ends}"
    return expected


# --- the feeds, and once more ------------------------------------------------------------------------------------


def _read(world: Company) -> None:
    """Every event of both feeds has been seen; they are fewer than a row keeps the ids of."""
    for name, feed in zip(FEEDS, (world.feed(), world.partner_feed()), strict=True):
        stored = world.store.get("control", "edo.cursors", name)
        if not stored:
            assert name == "counterparties", "the feed of documents was never read"
            continue
        if name == "counterparties" and world.moment() > moscow("2026-03-27 00:00"):
            continue  # read in a campaign alone
        since = datetime.fromisoformat(stored.row["since"])
        for event in feed:
            ticks = event.ticks if name == "events" else event.partnership.ticks
            assert event.event_id in stored.row["seen"] or moment_of(ticks) < since, (
                f"an event of {name} was never read"
            )


def _again(world: Company, what: str) -> None:
    """Everything is asked to run once more, on the last day: nothing moves, nothing is asked of the operator."""
    world.rate, world.plan, world.outages = 0.0, {}, []
    for told in (False, True):  # at first our accountant may still be told what has become of it
        before = _everything(world, told=told)
        _run_once_more(world, what)
        after = _everything(world, told=told)
        for name in before:
            assert before[name] == after[name], f"a second run: {name} {_difference(before[name], after[name])}"


def _run_once_more(world: Company, what: str) -> None:
    world.now = max(world.now, world.at(moscow(LAST_RUN[what])))
    world.now += 300  # whoever died over renewing the login is waited for no longer
    at = world.moment()
    if what == "campaign":
        world.call(at, "invite_to_edo", {"scheduled_at": at.isoformat()})
    elif at <= moscow("2026-04-05 23:59"):
        world.call(at, "send_to_edo", {"scheduled_at": at.isoformat()})
    else:
        world.call(at, "send_to_edo", {"force": True})
    world.run()  # at once with the next, one of them would renew the login and the other wait for it, and say so
    world.call(world.moment(), "track_edo", {"sweep": True})
    world.run()


def _everything(world: Company, *, told: bool) -> dict[str, Any]:
    kept = ("edo.counterparties", "edo.boxes", "edo.people", "edo.sending", *(("edo.reports",) if told else ()))
    work = [s for s in world.store.rows("work") if told or s.pk.startswith("edo.")]
    letters = [s for s in world.store.rows("deliveries") if told]
    return {
        "documents": {(s.pk, s.sk): s.row for s in world.store.rows("documents")},
        "work": {(s.pk, s.sk): s.row for s in work},
        "rows": {(s.pk, s.sk): _said(s.row, told=told) for s in world.store.rows("control") if s.pk in kept},
        "letters": {(s.pk, s.sk): s.row for s in letters},
        "the operator's writing calls": dict(world.watch.writes),
        "signatures": dict(world.asked_to_sign),
        "files": sorted(world.files.files),
    }


def _said(row: Any, *, told: bool) -> Any:
    """Without the mark that our accountant was told of it."""
    return row if told or "line" not in row else {**row["line"], "told": None}


def _difference(before: Any, after: Any) -> str:
    if not isinstance(before, dict):
        return f"{before} became {after}"[:500]
    changed = [key for key in {*before, *after} if before.get(key) != after.get(key)]
    return json.dumps({str(k): (before.get(k), after.get(k)) for k in changed[:2]}, ensure_ascii=False, default=str)[
        :900
    ]
