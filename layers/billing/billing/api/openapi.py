"""The API described: what Powertools generates from the routes, with our errors, redirects and ways to come in."""

from __future__ import annotations

import json
from typing import Any, get_args, get_type_hints

from aws_lambda_powertools.event_handler.api_gateway import Route
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel

from billing.api.guard import ROLES, Api, routes_of
from billing.api.openapi_words import FIELDS, OPERATIONS, STATES, TAGS
from billing.api.problems import CONTENT_TYPE, Problem
from billing.usecases.authorize import COOKIE

TITLE = "Zakryvashka API"
VERSION = "1.0.0"
ABOUT = (
    "Closing documents of a client: lists, downloads, orders, statistics, settings. The account comes from the token; "
    "a foreign thing is answered as an absent one. Sums are roubles as text, days are of Moscow. `x-roles` says whom a "
    "route is for. Within `/v1` fields, states, causes and routes may be added at any time; nothing is renamed or "
    "taken away. Answers of 200 in JSON have an `ETag`: with `If-None-Match` what has not changed is 304. The same "
    "paths without `/v1` serve the page and may change with it."
)
_SCHEMAS = "#/components/schemas/{model}"
_LOCATION = {"Location": {"description": "where to look", "schema": {"type": "string"}}}
_DESCRIPTIONS = {
    "200": "As it is",
    "201": "Made",
    "202": "Being made; look there in a while",
    "204": "Done",
    "302": "The file is there, for two minutes",
    "303": "Look there",
}
_PROBLEM = {CONTENT_TYPE: {"schema": {"$ref": _SCHEMAS.format(model="Problem")}}}
_TURNED_AWAY = {"type": "object", "properties": {"message": {"const": "Forbidden"}}, "required": ["message"]}
_TOO_MANY = {
    "type": "object",
    "properties": {"message": {"const": "Too Many Requests"}},
    "required": ["message"],
}
_RESPONSES: dict[str, Any] = {
    "TooMany": {
        "description": "Too many requests: of this account, or, said by the gateway in its own form, of all callers",
        "headers": {"Retry-After": {"description": "seconds to wait", "schema": {"type": "integer"}}},
        "content": {**_PROBLEM, "application/json": {"schema": _TOO_MANY}},
    },
    "Problem": {"description": "Why not", "content": _PROBLEM},
    "Forbidden": {
        "description": "Not for this role; or, said by the gateway in its own form, no token that counts",
        "content": {**_PROBLEM, "application/json": {"schema": _TURNED_AWAY}},
    },
}


def openapi(api: Api) -> dict[str, Any]:
    """The document as OpenAPI 3.1, the same for the same routes."""
    said: dict[str, Any] = json.loads(
        api.get_openapi_json_schema(title=TITLE, version=VERSION, description=ABOUT, openapi_version="3.1.0")
    )
    said["servers"] = [{"url": "/v1"}]
    said["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
    said["paths"] = dict(sorted(said["paths"].items()))
    for route in routes_of(api):
        if operation := said["paths"].get(route.openapi_path, {}).get(route.method.lower()):
            _mend(operation, route)
            if "public" in operation[ROLES]:  # /v1 is behind the authorizer, whole
                operation["servers"] = [{"url": "/"}]
    problem = Problem.model_json_schema(ref_template=_SCHEMAS)
    schemas = said["components"]["schemas"] | problem.pop("$defs") | {"Problem": problem}
    _describe(schemas)
    said["components"] = {
        "schemas": _used(schemas, [said["paths"], _RESPONSES]),
        "responses": _RESPONSES,
        "securitySchemes": {
            "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
        },
    }
    return said


def _used(schemas: dict[str, Any], named: list[dict[str, Any]]) -> dict[str, Any]:
    """Those that are named there, and those that these name, by name."""
    found: dict[str, Any] = {}
    texts = [json.dumps(named)]
    while texts:
        text = texts.pop()
        for name in set(schemas) - set(found):
            if f'"{_SCHEMAS.format(model=name)}"' in text:
                found[name] = schemas[name]
                texts.append(json.dumps(schemas[name]))
    return dict(sorted(found.items()))


def _describe(schemas: dict[str, Any]) -> None:
    """Say of each field what it holds, and of a state which there are."""
    for model, schema in schemas.items():
        for name, field in schema.get("properties", {}).items():
            text = FIELDS.get(f"{model}.{name}", FIELDS.get(name))
            if text and "description" not in field:
                field["description"] = text
            if states := STATES.get(f"{model}.{name}"):
                field["enum"] = list(states)


def _name(operation: dict[str, Any], route: Route) -> None:
    """Set the operation's name, tag and description. An operator's route takes them from the client's one."""
    path = str(route.openapi_path)
    own = path.removeprefix("/accounts/{account}")
    name, tag, text = OPERATIONS[f"{route.method} {own}"]
    if own != path:
        name, tag, text = f"{name}OfAccount", "Operator", f"{text} Of any account, for the seller's own people."
    operation.update(operationId=name, tags=[tag], description=text)
    for parameter in operation.get("parameters", ()):
        parameter.setdefault("description", FIELDS.get(parameter["name"], ""))
        if not parameter["description"]:
            del parameter["description"]


def _mend(operation: dict[str, Any], route: Route) -> None:
    _name(operation, route)
    operation["security"] = [] if "public" in operation[ROLES] else [{"bearer": []}, {"session": []}]
    responses = {code: said for code, said in operation["responses"].items() if code[0] in "23"}
    gives = operation.pop("x-gives", "")
    for code, response in list(responses.items()):
        response["description"] = _DESCRIPTIONS[code]
        schema = _schema(response)
        if gives:
            response["content"] = {gives: {"schema": {"type": "string", "format": "binary"}}}
        if code == "201":  # or 202, when a worker makes it
            response["headers"] = _LOCATION
            responses["202"] = {**response, "description": _DESCRIPTIONS["202"]}
        if code in ("302", "303"):
            response.pop("content", None)
            response["headers"] = _LOCATION
            if made := next((one for one in schema.get("anyOf", ()) if "$ref" in one), None):
                content = {"application/json": {"schema": made}}
                responses["202"] = {"description": _DESCRIPTIONS["202"], "headers": _LOCATION, "content": content}
    refused = {"403": "Forbidden"} if operation["security"] else {}
    for code, name in {**refused, "429": "TooMany", "4XX": "Problem", "5XX": "Problem"}.items():
        responses[code] = {"$ref": f"#/components/responses/{name}"}
    operation["responses"] = dict(sorted(responses.items()))
    asked = _query_of(route)
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "query" and parameter["name"] in asked:
            parameter["schema"] = _given(asked[parameter["name"]])


def _schema(response: dict[str, Any]) -> dict[str, Any]:
    return next((dict(content.get("schema", {})) for content in response.get("content", {}).values()), {})


def _given(schema: dict[str, Any]) -> dict[str, Any]:
    """What a parameter is when it is there: a query has no word for nothing."""
    one = next((one for one in schema.get("anyOf", ()) if one.get("type") != "null"), schema)
    return {name: value for name, value in {**schema, **one}.items() if name != "anyOf" and value is not None}


def _query_of(route: Route) -> dict[str, Any]:
    """What the model of a query says of each parameter: Powertools keeps only their types."""
    for hint in get_type_hints(route.func, include_extras=True).values():
        model, *marks = get_args(hint) or (hint,)
        if any(isinstance(mark, Query) for mark in marks) and isinstance(model, type) and issubclass(model, BaseModel):
            said: dict[str, Any] = model.model_json_schema(ref_template=_SCHEMAS)["properties"]
            return said
    return {}
