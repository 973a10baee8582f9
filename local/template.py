"""template.yaml as CloudFormation gets it: read with its short tags, then translated by the SAM translator itself."""

from __future__ import annotations

import copy
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent
REGION = "eu-central-1"
ACCOUNT = "123456789012"  # the account that moto plays


class _Loader(yaml.SafeLoader):
    """Knows the short tags (`!Ref`, `!GetAtt` …) and leaves dates as text."""


_Loader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _short_tag(loader: yaml.SafeLoader, name: str, node: yaml.Node) -> dict[str, Any]:
    key = name if name in ("Ref", "Condition") else f"Fn::{name}"
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        return {key: value.split(".", 1) if name == "GetAtt" else value}
    if isinstance(node, yaml.SequenceNode):
        return {key: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {key: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _short_tag)


def read(path: Path) -> dict[str, Any]:
    """The template as written."""
    found = yaml.load(path.read_text("utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader with tags
    assert isinstance(found, dict)
    return found


class _ManagedPolicies(dict[str, str]):
    """The translator asks IAM for the ARNs of AWS's own policies; they follow from their names."""

    def __contains__(self, name: object) -> bool:
        return True

    def __getitem__(self, name: str) -> str:
        return f"arn:aws:iam::aws:policy/{name}"

    def get(self, name: str, default: Any = None) -> str:
        return self[name]

    def load(self) -> _ManagedPolicies:
        return self


@cache
def _translated(path: Path, written_at: float) -> dict[str, Any]:
    from samtranslator.translator.transform import transform

    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
    source = read(path)
    for name, resource in source["Resources"].items():
        for key in ("CodeUri", "ContentUri"):  # `sam package` uploads these; here the code is used where it lies
            if key in resource.get("Properties", {}):
                resource["Properties"][key] = f"s3://code/{name}"
    return transform(source, {}, _ManagedPolicies())  # type: ignore[no-any-return]


def translated(path: Path) -> dict[str, Any]:
    """The template in plain CloudFormation; done once for a file as it is."""
    return copy.deepcopy(_translated(path, path.stat().st_mtime))


def defaults(template: Mapping[str, Any]) -> dict[str, str]:
    """Return the default values of the parameters that have one."""
    return {name: str(p["Default"]) for name, p in template.get("Parameters", {}).items() if "Default" in p}


def refusals(template: Mapping[str, Any], parameters: Mapping[str, str]) -> list[str]:
    """Return the template's rules that these parameters break, as CloudFormation checks before it creates anything."""
    values = defaults(template) | dict(parameters)
    return [
        assertion["AssertDescription"]
        for rule in template.get("Rules", {}).values()
        if _holds(rule.get("RuleCondition", True), values)
        for assertion in rule["Assertions"]
        if not _holds(assertion["Assert"], values)
    ]


def _holds(said: Any, values: Mapping[str, str]) -> Any:
    """Evaluate an expression of a rule, with the functions that our rules use."""
    if not isinstance(said, dict):
        return said
    ((name, of),) = said.items()
    if name == "Ref":
        return values[of]
    if name == "Fn::Not":
        return not _holds(of[0], values)
    if name == "Fn::Equals":
        return _holds(of[0], values) == _holds(of[1], values)
    if name == "Fn::Contains":
        return _holds(of[1], values) in of[0]
    raise ValueError(f"a rule with {name}, which is not played here")


def code_folders(path: Path) -> dict[str, Path]:
    """Where the code of each function lies, by its logical name."""
    return {
        name: path.parent / resource["Properties"]["CodeUri"]
        for name, resource in read(path)["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }
