"""Names of metrics and labels, as yet-another-cloudwatch-exporter builds them. Pure.

Its dashboards and alerts work unchanged on ours because these rules are the same; they are described in
docs/reference/metrics.md and were read from its documented behaviour, not from its output alone.
"""

import re

_REPLACED = frozenset(" ,\t/\\.-:=@<>()“")
_LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*\Z")
_NOT_IN_NAMES = re.compile(r"[^a-zA-Z0-9_]")


def snake_case(text: str) -> str:
    """``TargetResponseTime`` is ``target_response_time``; ``HTTPCode_Target_5XX_Count`` keeps its ``5_xx``."""
    parts: list[str] = []
    previous = ""
    for char in text:
        if char in _REPLACED:
            parts.append("_")
        elif char == "%":
            parts.append("_percent")
        else:
            if char.isupper() and (previous.islower() or previous.isdigit()):
                parts.append("_")
            parts.append(char.lower())
        previous = char
    return "".join(parts)


def namespace_prefix(namespace: str) -> str:
    """``AWS/RDS`` is ``aws_rds``, ``Glue`` is ``aws_glue``, ``/aws/sagemaker/TrainingJobs`` loses its slash."""
    name = snake_case(namespace.lower()).removeprefix("_")
    return _valid(name if name.startswith("aws") else f"aws_{name}")


def gauge_name(namespace: str, metric: str, statistic: str) -> str:
    """``aws_<namespace>_<metric>_<statistic>``; a metric prefix that repeats a namespace part goes."""
    return _valid(f"{_base_name(namespace, metric)}_{snake_case(statistic)}")


def counter_name(namespace: str, metric: str, statistic: str = "Sum") -> str:
    """The accumulated counter of a statistic: ``aws_<namespace>_<metric>_total`` for a Sum.

    That of SampleCount ends in ``_samples_total``, that of ``TC(:0.5)`` in ``_tc_0_5_total``: never the name of the
    gauge and ``_total``, which OpenMetrics takes for one family with the gauge.
    """
    known = {"Sum": "", "SampleCount": "_samples"}
    parts = [part for part in snake_case(statistic).split("_") if part]
    return _valid(f"{_base_name(namespace, metric)}{known.get(statistic, '_' + '_'.join(parts))}_total")


def info_name(namespace: str) -> str:
    """The series that carries what is known of a resource: ``aws_<namespace>_info``."""
    return f"{namespace_prefix(namespace)}_info"


def label_name(prefix: str, key: str, *, snake: bool) -> str:
    """``dimension_LoadBalancer`` or, in snake case, ``dimension_load_balancer``; also for ``tag_``.

    A character that no label name may hold becomes ``_``.
    """
    if snake:
        return _valid(f"{prefix}_{snake_case(key)}")
    replaced = "".join("_" if char in _REPLACED else "_percent" if char == "%" else char for char in key)
    return _valid(f"{prefix}_{replaced}")


def _base_name(namespace: str, metric: str) -> str:
    raw_namespace = snake_case(namespace.lower()).removeprefix("_")
    name = snake_case(metric)
    for part in raw_namespace.split("_"):
        name = name.removeprefix(part)
    return f"{namespace_prefix(namespace)}_{name.removeprefix('_')}"


def _valid(name: str) -> str:
    return name if _LABEL_NAME.match(name) else _NOT_IN_NAMES.sub("_", name)
