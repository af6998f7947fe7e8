"""Who we are in each target: roles, their renewal, their refusal, and the boto3 clients that act as it."""

import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from botocore.exceptions import ClientError, UnknownServiceError

from ppbe_observe.aws.deadline import within
from ppbe_observe.aws.failures import failure_of
from ppbe_observe.aws.identity.sessions import Identity, Sessions
from ppbe_observe.aws.limits import RateLimiter
from ppbe_observe.aws.options import AwsOptions
from ppbe_observe.errors import AwsError
from ppbe_observe.model import Failure, Reason, Role, Target
from support.aws_sessions import GOV, GOV_ROLE, Local, playing
from support.fake_aws import Exchange, Reply, answer, but_for_key, drip, hang, raw, refuse
from support.fake_sts import assumed, by_action, identity, refused

ROLE_ARN = "arn:aws-us-gov:iam::123456789012:role/observer"
OWN_KEY = "AKIAIOSFODNN7EXAMPLE"
ROLE_KEY, NEXT_KEY = "ASIAROLEROLEROLE0000", "ASIANEXTNEXTNEXT0000"
LOGS = answer({"logGroups": []})


def in_(**units: float) -> datetime:
    return (datetime.now(UTC) + timedelta(**units)).replace(microsecond=0)


def describe(local: Local, target: Target = GOV) -> None:
    local.session(target).client("logs").describe_log_groups()


def test_a_client_signs_for_its_region_and_says_who_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    with playing(monkeypatch, default=LOGS) as local:
        describe(local)
    (request,) = local.server.requests
    assert request.access_key == OWN_KEY
    assert "/us-gov-west-1/logs/aws4_request" in request.headers["authorization"]
    assert request.headers["user-agent"].endswith("ppbe-observe/0.1.0")


def test_a_role_is_assumed_with_external_id_and_session_name_in_the_targets_region(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expires = in_(hours=1)
    with playing(monkeypatch, default=by_action(AssumeRole=assumed(ROLE_KEY, expires), other=LOGS)) as local:
        session = local.session(GOV_ROLE)
        assert session.expires_at is None
        describe(local, GOV_ROLE)
        describe(local, GOV_ROLE)
        assert session.expires_at == expires
    sts, first, second = local.server.requests
    asked = parse_qs(sts.body.decode())
    assert asked["RoleArn"] == [ROLE_ARN]
    assert asked["ExternalId"] == ["agency"]
    assert asked["RoleSessionName"] == ["watch"]
    assert "/us-gov-west-1/sts/aws4_request" in sts.headers["authorization"]
    assert [each.access_key for each in (sts, first, second)] == [OWN_KEY, ROLE_KEY, ROLE_KEY]
    assert first.headers["x-amz-security-token"] == f"token-of-{ROLE_KEY}"


def test_a_role_without_external_id_sends_none(monkeypatch: pytest.MonkeyPatch) -> None:
    target = Target("123456789012", "us-gov-west-1", "aws-us-gov", role=Role(ROLE_ARN))
    with playing(monkeypatch, default=by_action(AssumeRole=assumed(ROLE_KEY, in_(hours=1)), other=LOGS)) as local:
        describe(local, target)
    asked = parse_qs(local.server.requests[0].body.decode())
    assert "ExternalId" not in asked
    assert asked["RoleSessionName"] == ["ppbe-observe"]


def test_a_role_is_renewed_before_it_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five minutes before the end, the next call renews it."""
    roles = [assumed(ROLE_KEY, in_(minutes=5)), assumed(NEXT_KEY, in_(hours=1))]

    def sts(exchange: Exchange) -> bool:
        return roles.pop(0)(exchange)

    with playing(monkeypatch, default=by_action(AssumeRole=sts, other=LOGS)) as local:
        describe(local, GOV_ROLE)
        describe(local, GOV_ROLE)
    assert [each.access_key for each in local.server.requests] == [OWN_KEY, ROLE_KEY, OWN_KEY, NEXT_KEY]


def test_a_role_that_aws_ends_early_is_assumed_anew_for_the_next_call(monkeypatch: pytest.MonkeyPatch) -> None:
    roles = [assumed(ROLE_KEY, in_(hours=1)), assumed(NEXT_KEY, in_(hours=1))]
    ended = but_for_key(ROLE_KEY, refuse("ExpiredTokenException", 400, "ended"), LOGS)

    def sts(exchange: Exchange) -> bool:
        return roles.pop(0)(exchange)

    with playing(monkeypatch, default=by_action(AssumeRole=sts, other=ended)) as local:
        with pytest.raises(ClientError) as caught:
            describe(local, GOV_ROLE)
        assert failure_of(caught.value, "logs:DescribeLogGroups").reason is Reason.EXPIRED
        describe(local, GOV_ROLE)
    assert local.server.requests[-1].access_key == NEXT_KEY


def test_many_threads_assume_a_role_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with playing(monkeypatch, default=by_action(AssumeRole=assumed(ROLE_KEY, in_(hours=1)), other=LOGS)) as local:
        threads = [threading.Thread(target=describe, args=(local, GOV_ROLE)) for _ in range(8)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    assert sum(b"Action=AssumeRole" in each.body for each in local.server.requests) == 1
    assert sum(each.access_key == ROLE_KEY for each in local.server.requests) == 8


REFUSED = refused("AccessDenied", "User is not authorized to perform: sts:AssumeRole")


def test_a_refused_role_says_which_and_what_to_check(monkeypatch: pytest.MonkeyPatch) -> None:
    with playing(monkeypatch, default=REFUSED) as local, pytest.raises(AwsError) as caught:
        describe(local, GOV_ROLE)
    assert caught.value.failure == Failure(
        Reason.DENIED,
        "sts:AssumeRole",
        f"role {ROLE_ARN} refused: check its trust policy, its external id and our sts:AssumeRole permission "
        "(AccessDenied: User is not authorized to perform: sts:AssumeRole)",
    )
    assert [each.operation for each in local.calls] == ["sts:AssumeRole", "logs:DescribeLogGroups"]
    assert {each.failure for each in local.calls} == {caught.value.failure}
    assert [each.attempts for each in local.calls] == [1, 0]


def test_a_refused_role_stops_no_other_target(monkeypatch: pytest.MonkeyPatch) -> None:
    with playing(monkeypatch, default=by_action(AssumeRole=REFUSED, other=LOGS)) as local:
        with pytest.raises(AwsError):
            describe(local, GOV_ROLE)
        describe(local, GOV)


def test_own_credentials_that_have_expired_are_told_as_expired(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        playing(monkeypatch, default=refused("ExpiredToken", "The security token is expired")) as local,
        pytest.raises(AwsError) as caught,
    ):
        describe(local, GOV_ROLE)
    assert caught.value.failure == Failure(
        Reason.EXPIRED, "sts:AssumeRole", f"role {ROLE_ARN}: ExpiredToken: The security token is expired"
    )


def profiles(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, access_key: str) -> Path:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    path = tmp_path / "credentials"
    path.write_text(f"[govcloud]\naws_access_key_id = {access_key}\naws_secret_access_key = x\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(path))
    return path


def test_a_role_chained_over_a_profile_outlives_the_rotation_of_its_keys(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = profiles(monkeypatch, tmp_path, "AKIAOLDOLDOLDOLD0000")
    target = Target("123456789012", "us-gov-west-1", "aws-us-gov", role=Role(ROLE_ARN), profile="govcloud")
    granted = iter([assumed(ROLE_KEY, in_(minutes=5)), assumed(NEXT_KEY, in_(hours=1))])
    rotated = threading.Event()

    def sts(exchange: Exchange) -> bool:
        if rotated.is_set() and exchange.request.access_key == "AKIAOLDOLDOLDOLD0000":
            return refused("ExpiredToken", "gone")(exchange)
        return next(granted)(exchange)

    with playing(monkeypatch, default=by_action(AssumeRole=sts, other=LOGS)) as local:
        describe(local, target)
        path.write_text(path.read_text().replace("AKIAOLDOLDOLDOLD0000", "AKIANEWNEWNEWNEW0000"))
        rotated.set()
        describe(local, target)
    assert [each.access_key for each in local.server.requests] == [
        "AKIAOLDOLDOLDOLD0000",
        ROLE_KEY,
        "AKIAOLDOLDOLDOLD0000",
        "AKIANEWNEWNEWNEW0000",
        NEXT_KEY,
    ]


def test_a_profile_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with playing(monkeypatch) as local, pytest.raises(AwsError) as caught:
        local.session(Target("123456789012", "us-gov-west-1", profile="absent")).identity()
    assert caught.value.failure == Failure(
        Reason.DENIED, "sts:GetCallerIdentity", "The config profile (absent) could not be found"
    )


def test_the_identity_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    arn = "arn:aws-us-gov:iam::123456789012:user/sre"
    with playing(monkeypatch, default=identity(arn)) as local:
        session = local.session()
        assert session.identity() == session.identity() == Identity("123456789012", arn, "aws-us-gov")
    assert len(local.server.requests) == 1


def test_an_identity_that_cannot_be_had_is_an_aws_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        playing(monkeypatch, default=refused("InvalidClientTokenId", "The token is invalid")) as local,
        pytest.raises(AwsError) as caught,
    ):
        local.session().identity()
    assert caught.value.failure == Failure(
        Reason.DENIED, "sts:GetCallerIdentity", "InvalidClientTokenId: The token is invalid"
    )


@pytest.mark.parametrize(
    ("fault", "reason", "attempts"),
    [
        (refuse("ThrottlingException", 400, "slow down"), Reason.THROTTLED, 2),
        (refuse("InternalFailure", 500), Reason.SERVER, 2),
        (refuse("AccessDeniedException", 400), Reason.DENIED, 1),
        (raw(b"{"), Reason.MALFORMED, 1),
        (raw(b""), Reason.MALFORMED, 1),
        (raw(b"[]"), Reason.MALFORMED, 1),
        (hang, Reason.TIMEOUT, 2),
    ],
)
def test_a_failed_call_is_reported_once_with_its_attempts(
    monkeypatch: pytest.MonkeyPatch, fault: Reply, reason: Reason, attempts: int
) -> None:
    options = AwsOptions(read_timeout=0.1, max_attempts=2)
    with playing(monkeypatch, default=fault, options=options) as local, pytest.raises(Exception, match=r".") as caught:
        describe(local)
    (call,) = local.calls
    assert (call.target, call.operation, call.attempts) == (GOV, "logs:DescribeLogGroups", attempts)
    assert call.failure == failure_of(caught.value, "logs:DescribeLogGroups")
    assert call.failure.reason is reason
    assert len(local.server.requests) == attempts


def test_operations_are_named_as_iam_names_them(monkeypatch: pytest.MonkeyPatch) -> None:
    with playing(monkeypatch, default=answer({"ResourceTagMappingList": []})) as local:
        local.session().client("resourcegroupstaggingapi").get_resources()
        local.session().client("cloudwatch").describe_alarms()
    assert [each.operation for each in local.calls] == ["tag:GetResources", "cloudwatch:DescribeAlarms"]
    assert [each.request_id for each in local.calls] == ["11111111-2222-3333-4444-555555555555"] * 2


def test_throttling_of_a_client_slows_down_that_api_of_that_target(monkeypatch: pytest.MonkeyPatch) -> None:
    with playing(monkeypatch, refuse("ThrottlingException", 400), default=LOGS) as local:
        describe(local)
        assert local.sessions.limiter.rate(GOV, "logs:DescribeLogGroups") < 20.0
        assert local.sessions.limiter.rate(GOV, "logs:DescribeLogStreams") == 20.0


@pytest.mark.parametrize("fault", [hang, drip({"logGroups": []})], ids=["hang", "drip"])
def test_no_client_outlives_the_deadline_in_force(monkeypatch: pytest.MonkeyPatch, fault: Reply) -> None:
    options = AwsOptions(read_timeout=30.0, max_attempts=1)
    with playing(monkeypatch, default=fault, options=options) as local:
        started = datetime.now(UTC)
        with pytest.raises(Exception, match=r"[Tt]imeout") as caught, within(time.monotonic() + 0.3):
            describe(local)
        assert datetime.now(UTC) - started < timedelta(seconds=10)  # far below 30, however busy the machine
    assert failure_of(caught.value, "logs:DescribeLogGroups").reason is Reason.TIMEOUT


def test_a_client_asks_nothing_after_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    with playing(monkeypatch) as local, within(time.monotonic() - 1), pytest.raises(AwsError) as caught:
        describe(local)
    assert caught.value.failure == Failure(Reason.TIMEOUT, "logs:DescribeLogGroups", "the deadline has passed")
    assert local.server.requests == []


def test_s3control_reaches_a_local_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the account's id would stand in front of 127.0.0.1."""
    body = b"<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>"
    with playing(monkeypatch, default=raw(body, headers={"Content-Type": "text/xml"})) as local:
        got = local.session().client("s3control").get_public_access_block(AccountId="123456789012")
    assert got["PublicAccessBlockConfiguration"] == {"BlockPublicAcls": True}


def test_a_streamed_body_is_left_to_its_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    with playing(monkeypatch, default=raw(b"evidence")) as local:
        got = local.session().client("glacier").get_job_output(accountId="-", vaultName="ppbe", jobId="a")
        assert got["body"].read() == b"evidence"
        got["body"].close()


def test_a_service_that_aws_does_not_have_is_unsupported(monkeypatch: pytest.MonkeyPatch) -> None:
    with playing(monkeypatch) as local, pytest.raises(UnknownServiceError) as caught:
        local.session().client("rdss")
    assert failure_of(caught.value, "rdss:Describe").reason is Reason.UNSUPPORTED


def test_fips_endpoints_are_used_where_the_target_asks_for_them() -> None:
    """Never judged by the host's name: in us-gov-west-1 some FIPS hosts have no ``-fips`` in it."""
    sessions = Sessions(AwsOptions(), RateLimiter())
    with_fips = sessions.of(Target("123456789012", "us-east-1", fips=True)).client("logs")
    without = sessions.of(Target("123456789012", "us-east-1")).client("logs")
    assert with_fips.meta.config.use_fips_endpoint is True
    assert not without.meta.config.use_fips_endpoint
    assert with_fips.meta.endpoint_url != without.meta.endpoint_url


def test_an_endpoint_of_ones_own_switches_fips_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore refuses the pair."""
    with playing(monkeypatch, default=LOGS) as local:
        assert GOV.fips
        describe(local, GOV)
        assert not local.session(GOV).client("logs").meta.config.use_fips_endpoint


def test_clients_are_kept_up_to_a_bound_and_made_anew_after_that(monkeypatch: pytest.MonkeyPatch) -> None:
    targets = [Target(f"00000000000{index}", "us-gov-west-1", "aws-us-gov") for index in range(3)]
    with playing(monkeypatch, default=LOGS, options=AwsOptions(max_clients=2)) as local:
        first = local.session(targets[0]).client("logs")
        assert local.session(targets[0]).client("logs") is first
        for target in targets[1:]:
            describe(local, target)
        assert local.session(targets[0]).client("logs") is not first
        describe(local, targets[0])


def test_all_targets_share_their_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    with playing(monkeypatch, default=LOGS) as local:
        for index in range(5):
            describe(local, Target(f"00000000000{index}", "us-gov-west-1", "aws-us-gov"))
    assert (len(local.server.requests), local.server.connections) == (5, 1)
