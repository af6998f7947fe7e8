"""Policies as IAM, Terraform and CloudFormation read them. Pure."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
import yaml

from ppbe_observe.permissions.policy import Policy, document

_HCL_PARTITION = "${data.aws_partition.current.partition}"
_CFN_PARTITION = "${AWS::Partition}"
_MADE_BY = "Written by `ppbe-observe iam-policy`: write it again after a change of the settings or the version."
_HCL_RESOURCE = """\
resource "aws_iam_policy" "ppbe_observe" {
  for_each = local.ppbe_observe_policies

  name        = each.key
  description = each.value.description
  policy      = jsonencode(each.value.document)
}

output "ppbe_observe_policy_arns" {
  description = "What to attach, by name."
  value       = { for name, policy in aws_iam_policy.ppbe_observe : name => policy.arn }
}
"""


def as_json(policies: Sequence[Policy], partition: str) -> str:
    """The policy document; a list of documents where they are several."""
    documents = [document(each.statements, partition) for each in policies]
    wanted = documents[0] if len(documents) == 1 else documents
    return orjson.dumps(wanted, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def as_terraform(policies: Iterable[Policy]) -> str:
    """A file with a customer-managed policy each, for the partition that Terraform works in."""
    found = {
        each.name: {"description": each.description, "document": document(each.statements, _HCL_PARTITION)}
        for each in policies
    }
    local = f"locals {{\n  ppbe_observe_policies = {_hcl(found, '  ')}\n}}"
    return f'# {_MADE_BY}\n\ndata "aws_partition" "current" {{}}\n\n{local}\n\n{_HCL_RESOURCE}'


def as_cloudformation(policies: Iterable[Policy]) -> str:
    """A template with a customer-managed policy each, for the partition that it is deployed in."""
    chosen = {_logical(each.name): each for each in policies}
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": _MADE_BY,
        "Resources": {name: _managed(each) for name, each in chosen.items()},
        "Outputs": {f"{name}Arn": {"Description": "What to attach.", "Value": {"Ref": name}} for name in chosen},
    }
    return yaml.safe_dump(template, sort_keys=False, width=120)


def _managed(policy: Policy) -> dict[str, Any]:
    wanted = document(policy.statements, _CFN_PARTITION)
    for statement in wanted["Statement"]:
        statement["Resource"] = [
            {"Fn::Sub": each} if _CFN_PARTITION in each else each for each in statement["Resource"]
        ]
    properties = {"Description": policy.description, "PolicyDocument": wanted}
    return {"Type": "AWS::IAM::ManagedPolicy", "Properties": properties}


def _logical(name: str) -> str:
    """``PpbeObserveRead`` for ``ppbe-observe-read``: logical ids have letters and digits only."""
    return "".join(part.capitalize() for part in name.split("-"))


def _hcl(value: Any, indent: str = "") -> str:
    """A value as `terraform fmt` writes it."""
    deeper = indent + "  "
    if isinstance(value, dict):
        return f"{{\n{_attributes(value, deeper)}{indent}}}"
    if isinstance(value, list):
        items = "".join(f"{deeper}{_hcl(each, deeper)},\n" for each in value)
        return f"[\n{items}{indent}]"
    return json.dumps(value)


def _attributes(values: dict[str, Any], indent: str) -> str:
    """The equals signs of neighbouring lines stand under each other."""
    lines: list[str] = []
    for names in _neighbours(values):
        width = max(map(len, names))
        lines += (f"{indent}{name:<{width}} = {_hcl(values[key], indent)}\n" for name, key in names.items())
    return "".join(lines)


def _neighbours(values: dict[str, Any]) -> list[dict[str, str]]:
    """The keys as they are written, in groups of those whose values stand on a line each."""
    groups: list[dict[str, str]] = [{}]
    for key, value in values.items():
        name = key if key.isidentifier() else json.dumps(key)
        if isinstance(value, str):
            groups[-1][name] = key
        else:
            groups += [{name: key}, {}]
    return [group for group in groups if group]
