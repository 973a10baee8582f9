"""Tables to take away, as an answer."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response

from billing import wiring
from billing.domain.periods import moscow_day
from billing.exports import Table, csv_of, in_english, xlsx_of
from billing.page.language import Language

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_csv(tables: Sequence[Table], name: str, language: Language) -> Response[Any]:
    """The first of the tables: a CSV holds one."""
    return _file(csv_of(_told(tables, language)[0]), CSV, f"{name}.csv")


def as_xlsx(tables: Sequence[Table], name: str, language: Language) -> Response[Any]:
    return _file(xlsx_of(_told(tables, language), made_on=moscow_day(wiring.now())), XLSX, f"{name}.xlsx")


def _told(tables: Sequence[Table], language: Language) -> Sequence[Table]:
    return tables if language is Language.RU else in_english(tables)


def _file(body: bytes, content_type: str, name: str) -> Response[Any]:
    """Bytes are written as text here: Powertools would check them as an answer in JSON."""
    plain = re.sub("[^A-Za-z0-9._-]+", "-", name)
    headers = {"Content-Disposition": f'attachment; filename="{plain}"'}
    answered = Response(int(HTTPStatus.OK), content_type, base64.b64encode(body).decode(), headers=headers)
    answered.base64_encoded = True
    return answered
