"""Topics (SNS)."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

from ppbe_observe.controls.check import (
    HIGH,
    MEDIUM,
    Check,
    Subject,
    check,
    failed,
    not_applicable,
    passed,
    verdict,
)
from ppbe_observe.controls.reading.keys import is_alias_of_aws
from ppbe_observe.controls.reading.policies import Statement, public_statements
from ppbe_observe.model import Verdict

_TOPIC = "sns:topic"
_ATTRIBUTES = "sns:GetTopicAttributes"
_SUBSCRIPTIONS = "sns:ListSubscriptionsByTopic"
_UNCONFIRMED = frozenset({"PendingConfirmation", "Deleted"})


@check(
    "sns_topic_kms",
    on=_TOPIC,
    needs=(_ATTRIBUTES,),
    severity=HIGH,
    title="Messages are encrypted with a customer-managed key",
    controls=("sc-28", "sc-28.1", "sc-13"),
    remediation="Name a customer-managed KMS key (aws sns set-topic-attributes --attribute-name KmsMasterKeyId "
    "--attribute-value KEY); those who publish need kms:GenerateDataKey* and kms:Decrypt on it.",
    require_cmk=True,
)
def topic_kms(topic: Subject, require_cmk: bool) -> Verdict:
    """Messages wait in SNS until they are delivered; only a customer-managed key can be revoked.

    The key of AWS is told by its alias, alias/aws/sns: a key that is named by its id or ARN counts as the customer's.
    """
    key = _attributes(topic).get("KmsMasterKeyId")
    if not key:
        return failed("messages are not encrypted at rest: no KMS key is named")
    by_aws = is_alias_of_aws(key)
    required = "; a customer-managed one is required" if require_cmk else ""
    return verdict(not (by_aws and require_cmk), f"messages are encrypted with the KMS key {key}{required}")


@check(
    "sns_topic_not_public",
    on=_TOPIC,
    needs=(_ATTRIBUTES,),
    severity=HIGH,
    title="The topic policy does not let everybody in",
    controls=("ac-3", "ac-6"),
    indicators=("KSI-SVC-SIN",),
    remediation="Name principals in the policy, or add a condition on who asks: aws:SourceAccount, aws:SourceArn, "
    "aws:PrincipalOrgID (aws sns set-topic-attributes --attribute-name Policy --attribute-value POLICY).",
)
def topic_not_public(topic: Subject) -> Verdict:
    """Whoever may publish can raise false alarms, and whoever may subscribe reads what is sent.

    The policy that SNS makes by default names everybody, but only on behalf of the topic's own account: not public.
    """
    open_ones = public_statements(_attributes(topic)["Policy"])
    if open_ones:
        return failed("; ".join(f"everybody is allowed {_allowed(each)}" for each in open_ones))
    return passed("no statement of its policy allows everybody anything")


@check(
    "sns_alert_subscribed",
    on=_TOPIC,
    needs=(_SUBSCRIPTIONS,),
    severity=MEDIUM,
    title="Alerts reach somebody, and not in clear text",
    controls=("ir-4", "ir-6.1"),
    remediation="Subscribe those on call (aws sns subscribe), confirm what is pending, and replace subscriptions over "
    "http by https.",
    min_subscriptions=1,
    topics=("*-alerts",),
)
def alert_subscribed(topic: Subject, min_subscriptions: int, topics: tuple[str, ...]) -> Verdict:
    """An alert topic to which nobody has confirmed a subscription drops every alert in silence.

    Which topics carry alerts is told by the patterns of their names; .fifo at the end of a name does not count.
    """
    name = topic.facts["TopicArn"].rpartition(":")[2].removesuffix(".fifo")
    if not any(fnmatchcase(name, pattern) for pattern in topics):
        return not_applicable(f"it is not an alert topic: its name does not match {', '.join(topics) or 'anything'}")
    told = topic.told(_SUBSCRIPTIONS)["Subscriptions"]
    there = [each for each in told if each["SubscriptionArn"] != "Deleted"]
    confirmed = sum(each["SubscriptionArn"] not in _UNCONFIRMED for each in there)
    clear = sum(each["Protocol"] == "http" for each in there)
    said = f"{confirmed} subscriptions are confirmed ({min_subscriptions} required), {len(there) - confirmed} pending"
    return verdict(confirmed >= min_subscriptions and not clear, f"{said}; {clear} over http")


def _allowed(statement: Statement) -> str:
    what = ", ".join(statement.actions) or f"all but {', '.join(statement.not_actions)}"
    return f"{what} (statement {statement.sid})" if statement.sid else what


def _attributes(topic: Subject) -> Mapping[str, str]:
    attributes: Mapping[str, str] = topic.told(_ATTRIBUTES)["Attributes"]
    return attributes


CHECKS: tuple[Check, ...] = (topic_kms, topic_not_public, alert_subscribed)
