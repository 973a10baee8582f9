"""What may be sent: kinds and schemas."""

from __future__ import annotations

import pytest

from tests.diadoc_stand_in.talk import UTD_PARAMETERS


def versions(company, name):
    types = company.talk.get("/V3/GetDocumentTypes", boxId=company.box).json()["DocumentTypes"]
    functions = next(one for one in types if one["Name"] == name)["Functions"]
    return {
        (function["Name"], version["Version"]): version for function in functions for version in function["Versions"]
    }


def test_types_say_which_versions_are_actual(company):
    """Facts 8.1 [doc], 8.2 [seen]: GET /V3/GetDocumentTypes."""
    known = versions(company, "UniversalTransferDocument")

    assert {function for (function, version), row in known.items() if row["IsActual"]} == {"СЧФ", "ДОП", "СЧФДОП"}
    assert known["ДОП", "utd970_05_03_01"]["IsActual"] is True
    assert known["ДОП", "utd970_05_02_01"]["IsActual"] is False


@pytest.mark.parametrize(
    ("name", "required"),
    [
        ("Nonformalized", ["FileName"]),
        ("AcceptanceCertificate", ["FileName", "DocumentNumber", "DocumentDate"]),
        ("Contract", ["FileName", "DocumentNumber", "DocumentDate"]),
        ("ProformaInvoice", ["FileName", "DocumentNumber", "DocumentDate", "TotalSum"]),
    ],
)
def test_files_need_metadata(company, name, required):
    """Fact 8.4 [doc]."""
    items = versions(company, name)["default", "v1"]["Titles"][0]["MetadataItems"]

    assert [item["Id"] for item in items if item["IsRequired"] and item["Source"] == 1] == required


def test_formal_kinds_take_everything_from_the_xml(company):
    """Fact 8.4 [doc]."""
    title = versions(company, "UniversalTransferDocument")["ДОП", "utd970_05_03_01"]["Titles"][0]

    assert {item["Source"] for item in title["MetadataItems"]} == {0}


def test_workflows_have_a_default(company):
    """Fact 8.3: [seen] for СЧФДОП, [guess] for ДОП."""
    utd = "UniversalTransferDocument"
    chosen = {
        function: next(one["Id"] for one in row["Workflows"] if one["IsDefault"])
        for (function, version), row in versions(company, utd).items()
        if version == "utd970_05_03_01"
    }

    assert chosen == {"СЧФ": 17, "ДОП": 3, "СЧФДОП": 18}


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        pytest.param({"documentTypeNamedId": "Act"}, "Unknown TypeNamedId", id="type"),
        pytest.param({"documentFunction": ""}, "Function must be one of", id="function left out where there are many"),
        pytest.param({"documentVersion": "utd970_05_02_01"}, "is not actual", id="old version"),
        pytest.param({"documentVersion": "x"}, "Version must be one of", id="unknown version"),
    ],
)
def test_unknown_kinds_are_refused(company, changes, text):
    """Facts 8.1 [doc], 8.2 [seen]."""
    answer = company.talk.send("/GenerateTitleXml", b"<x/>", boxId=company.box, **{**UTD_PARAMETERS, **changes})

    assert answer.status_code == 400
    assert text in answer.text
