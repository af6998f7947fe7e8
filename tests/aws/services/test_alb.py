"""The kinds of load balancers that are derived from their listing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from time import monotonic

from botocore.awsrequest import AWSResponse

from ppbe_observe.aws.inventory import Inventory
from ppbe_observe.model import Answer, Found, Reason
from support.balancers import LIST, LISTENERS, RULES, TO_HTTPS, balancer, listen
from support.gathering import LocalSession, answer

WITH_LISTENERS = "elasticloadbalancing:loadbalancer-listeners"
WITH_RULES = "elasticloadbalancing:loadbalancer-http-rules"


def found(session: LocalSession, kind: str) -> Found:
    now = datetime.now(UTC)
    return Inventory(session, timedelta(minutes=5)).found((kind,), now, monotonic() + 60)[kind]


def test_each_balancer_with_its_own_listeners(local_session: LocalSession) -> None:
    one, other = balancer(local_session, "one"), balancer(local_session, "other")
    listen(local_session, one, "HTTP", 80, TO_HTTPS)
    listen(local_session, one, "HTTP", 8080, TO_HTTPS)
    local_session.client("elbv2").add_tags(ResourceArns=[one, other], Tags=[{"Key": "Environment", "Value": "staging"}])
    told = found(local_session, WITH_LISTENERS).resources
    ports = {}
    for each in told:
        details = each.details[LISTENERS]
        assert isinstance(details, Answer)
        ports[each.arn] = [listener["Port"] for listener in details.value["Listeners"]]
    assert ports == {one: [80, 8080], other: []}
    assert {each.tags for each in told} == {(("Environment", "staging"),)}


def test_every_page_of_listeners_and_rules_is_read_and_can_be_traced(local_session: LocalSession) -> None:
    """Moto has no pages here."""
    balancer(local_session, "one")
    pages = {
        LISTENERS: "<ListenerArn>arn:listener/app/one/1/{}</ListenerArn><Protocol>HTTP</Protocol><Port>80</Port>",
        RULES: "<RuleArn>{}</RuleArn>",
    }
    for operation, member in pages.items():
        local_session.faults[operation] = paged(operation, member)
    (each,) = found(local_session, WITH_RULES).resources
    listeners, rules = each.details[LISTENERS], each.details[RULES]
    assert isinstance(listeners, Answer)
    assert isinstance(rules, Answer)
    assert [one["ListenerArn"][-1] for one in listeners.value["Listeners"]] == ["0", "1"]
    assert [one["RuleArn"] for one in rules.value["Rules"]] == ["0", "1", "0", "1"]
    assert [call.operation for call in each.provenance] == [LIST, *(2 * [LISTENERS]), *(4 * [RULES])]


def paged(operation: str, member: str) -> Callable[[], AWSResponse]:
    """An answer of two pages, of one member each."""
    name = operation.partition(":")[2]
    asked = count()

    def told() -> AWSResponse:
        number = next(asked)
        page = number % 2
        marker = "" if page else "<NextMarker>more</NextMarker>"
        items = f"<{name[8:]}><member>{member.format(page)}</member></{name[8:]}>"
        request = f"<ResponseMetadata><RequestId>{number}</RequestId></ResponseMetadata>"
        return answer(200, f"<R><{name}Result>{items}{marker}</{name}Result>{request}</R>")

    return told


def test_a_balancer_deleted_since_it_was_listed_is_left_out(local_session: LocalSession) -> None:
    balancer(local_session, "gone")
    local_session.refuse(LISTENERS, "LoadBalancerNotFound")
    assert found(local_session, WITH_LISTENERS) == Found()
    assert found(local_session, WITH_RULES) == Found()


def test_a_listener_deleted_since_it_was_listed_has_no_rules(local_session: LocalSession) -> None:
    listen(local_session, balancer(local_session, "one"), "HTTP", 80, TO_HTTPS)
    local_session.refuse(RULES, "ListenerNotFound")
    (each,) = found(local_session, WITH_RULES).resources
    assert each.details[RULES] == Answer({"Rules": []})


def test_one_balancer_that_cannot_be_read_does_not_hide_another(local_session: LocalSession) -> None:
    one, other = balancer(local_session, "one"), balancer(local_session, "other")
    listen(local_session, one, "HTTP", 80, TO_HTTPS)
    local_session.refuse(RULES, "Throttling")
    told = found(local_session, WITH_RULES)
    assert [each.arn for each in told.resources] == [other]
    assert {arn: failure.reason for arn, failure in told.missed.items()} == {one: Reason.THROTTLED}
