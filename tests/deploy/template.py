"""Templates: CloudFormation's YAML as plain values, its functions as {"Ref": …} and {"Fn::Sub": …}."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "cloudformation"
TEMPLATES = sorted(FOLDER.glob("*.yaml"))
Template = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """Reads the short forms of CloudFormation's functions."""


def _function(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        return {name: str(value).split(".", 1) if suffix == "GetAtt" else value}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _function)


@cache
def template(name: str) -> Template:
    """The template of that name, without its ending."""
    loaded: Template = yaml.load((FOLDER / f"{name}.yaml").read_text(), _Loader)
    return loaded


def resources(name: str, kind: str) -> dict[str, Template]:
    """The properties of a template's resources of one kind, by logical id."""
    found = template(name)["Resources"]
    return {key: one.get("Properties", {}) for key, one in found.items() if one["Type"] == kind}


def patterns(name: str) -> dict[str, Template]:
    """The event patterns of a template's rules, by the last part of the rule's name."""
    rules = [one for one in resources(name, "AWS::Events::Rule").values() if "EventPattern" in one]
    return {_last(one["Name"]): one["EventPattern"] for one in rules}


def _last(name: str | dict[str, str]) -> str:
    text = name if isinstance(name, str) else name["Fn::Sub"]
    return text.removeprefix("${AWS::StackName}-").removeprefix("oom-guard-")
