"""The thin transport against a server with every fault: it retries what may pass, and nothing outlives its deadline."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials
from hypothesis import given
from hypothesis import strategies as st

from ppbe_observe.aws.cloudwatch.signing import signed
from ppbe_observe.aws.options import AwsOptions
from ppbe_observe.errors import AwsError
from ppbe_observe.model import Failure, Reason
from support.aws_sessions import GOV, Local, playing
from support.fake_aws import (
    FakeAws,
    Reply,
    after,
    answer,
    but_for_key,
    by_clock,
    drip,
    drip_head,
    garbage,
    hang,
    raw,
    refuse,
    reset,
    truncated,
)

OPERATION = "cloudwatch:GetMetricData"
GOOD = answer({"good": True})
BODY = b'{"MetricDataQueries":[]}'
PATIENT = AwsOptions(connect_timeout=0.5, read_timeout=30.0, max_attempts=3)


def call(local: Local, seconds: float = 10.0) -> dict[str, object]:
    return local.transport().call(OPERATION, BODY, time.monotonic() + seconds)


def failed(local: Local, seconds: float = 10.0) -> Failure:
    with pytest.raises(AwsError) as caught:
        call(local, seconds)
    assert caught.value.failure.operation == OPERATION
    return caught.value.failure


def test_a_request_is_aws_json_1_0_and_says_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    with playing(monkeypatch, GOOD) as local:
        assert call(local) == {"good": True}
    (request,) = local.server.requests
    assert (request.method, request.path, request.body) == ("POST", "/", BODY)
    assert request.headers["x-amz-target"] == "GraniteServiceVersion20100801.GetMetricData"
    assert request.headers["content-type"] == "application/x-amz-json-1.0"
    assert request.headers["user-agent"] == "ppbe-observe/0.1.0"
    assert "/us-gov-west-1/monitoring/aws4_request" in request.headers["authorization"]


def test_a_call_is_reported_once_with_its_request_id_and_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    with playing(monkeypatch, refuse("InternalFailure", 500), GOOD) as local:
        call(local)
    (seen,) = local.calls
    assert (seen.target, seen.operation, seen.failure, seen.attempts) == (GOV, OPERATION, None, 2)
    assert seen.request_id == "11111111-2222-3333-4444-555555555555"
    assert 0 < seen.seconds < 10


PASSING: list[tuple[str, Reply, Reason]] = [
    ("throttled", refuse("ThrottlingException", 400, "Rate exceeded"), Reason.THROTTLED),
    ("too many requests", raw(b"", 429), Reason.THROTTLED),
    ("internal failure", refuse("InternalFailure", 500), Reason.SERVER),
    ("unavailable", raw(b"<html>Service Unavailable</html>", 503), Reason.SERVER),
    ("bad gateway", raw(b"", 502), Reason.SERVER),
    ("reset", reset, Reason.UNREACHABLE),
    ("truncated", truncated({"MetricDataResults": [1, 2, 3]}), Reason.MALFORMED),
    ("no HTTP", garbage, Reason.MALFORMED),
    ("silent", hang, Reason.TIMEOUT),
]


@pytest.mark.parametrize(("fault", "reason"), [each[1:] for each in PASSING], ids=[each[0] for each in PASSING])
def test_what_may_pass_is_tried_again_and_is_no_failure_when_it_passes(
    monkeypatch: pytest.MonkeyPatch, fault: Reply, reason: Reason
) -> None:
    with playing(monkeypatch, fault, GOOD) as local:
        assert call(local) == {"good": True}
    assert local.calls[0].attempts == 2
    assert local.slept == [0.5]


@pytest.mark.parametrize(("fault", "reason"), [each[1:] for each in PASSING], ids=[each[0] for each in PASSING])
def test_what_does_not_pass_fails_with_its_reason_after_the_last_attempt(
    monkeypatch: pytest.MonkeyPatch, fault: Reply, reason: Reason
) -> None:
    with playing(monkeypatch, default=fault) as local:
        assert failed(local).reason is reason
    assert len(local.server.requests) == 3
    assert local.slept == [0.5, 1.0]
    (seen,) = local.calls
    assert seen.attempts == 3
    assert seen.failure is not None
    assert seen.failure.reason is reason


@pytest.mark.parametrize(
    ("fault", "reason", "detail"),
    [
        (
            refuse("AccessDenied", 403, "not authorized to perform: cloudwatch:GetMetricData"),
            Reason.DENIED,
            "AccessDenied: not authorized to perform: cloudwatch:GetMetricData",
        ),
        (
            refuse("ValidationError", 400, "The parameter StartTime is bad"),
            Reason.REJECTED,
            "ValidationError: The parameter StartTime is bad",
        ),
        (
            refuse("SignatureDoesNotMatch", 403, "The secret key is wrong"),
            Reason.DENIED,
            "SignatureDoesNotMatch: The secret key is wrong",
        ),
        (
            refuse("X", 400, "m", {"x-amzn-query-error": "InvalidParameterValue;Sender"}),
            Reason.REJECTED,
            "InvalidParameterValue: m",
        ),
        (raw(b"[1, 2]"), Reason.MALFORMED, "the answer is a list, not an object"),
    ],
)
def test_what_will_not_pass_is_not_tried_again(
    monkeypatch: pytest.MonkeyPatch, fault: Reply, reason: Reason, detail: str
) -> None:
    with playing(monkeypatch, default=fault) as local:
        assert failed(local) == Failure(reason, OPERATION, detail)
    assert len(local.server.requests) == 1
    assert local.slept == []


@pytest.mark.parametrize("body", [b"", b"not JSON", b'{"v": NaN}', b'{"half":', b"\xff\xfe"])
def test_an_answer_that_is_not_json_is_malformed(monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    with playing(monkeypatch, default=raw(body)) as local:
        failure = failed(local)
    assert failure.reason is Reason.MALFORMED
    assert failure.detail.startswith("the answer is not JSON: ")
    assert len(local.server.requests) == 1


def test_nobody_there_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeAws() as gone:
        url = gone.url
    with playing(monkeypatch) as local:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        assert failed(local).reason is Reason.UNREACHABLE
    assert local.calls[0].attempts == 3


SLOW = [("hang", hang), ("slow body", drip({"a": 1})), ("slow head", drip_head()), ("slow answer", after(30, GOOD))]


@pytest.mark.parametrize("fault", [each[1] for each in SLOW], ids=[each[0] for each in SLOW])
def test_nothing_outlives_the_deadline(monkeypatch: pytest.MonkeyPatch, fault: Reply) -> None:
    """Not even a server that never falls silent: each byte starts a socket's own timeout anew."""
    with playing(monkeypatch, default=fault, options=PATIENT) as local:
        started = time.monotonic()
        assert failed(local, seconds=0.4).reason is Reason.TIMEOUT
        assert time.monotonic() - started < 0.8


def test_a_back_off_that_would_end_after_the_deadline_is_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    with playing(monkeypatch, default=refuse("Throttling", 400)) as local:
        assert failed(local, seconds=0.3).reason is Reason.THROTTLED
    assert (len(local.server.requests), local.slept) == (1, [])


def test_a_deadline_that_has_passed_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with playing(monkeypatch) as local:
        assert failed(local, seconds=-1).reason is Reason.TIMEOUT
    assert local.server.requests == []
    assert local.calls[0].attempts == 0


def test_throttling_slows_down_everybody_who_asks_the_same_of_this_target(monkeypatch: pytest.MonkeyPatch) -> None:
    with playing(monkeypatch, refuse("Throttling", 400), GOOD) as local:
        call(local)
        assert local.sessions.limiter.rate(GOV, OPERATION) == pytest.approx(25.0, rel=0.05)


@pytest.mark.parametrize("minutes", [17, -40])
def test_a_wrong_clock_is_corrected_once_and_stays_corrected(monkeypatch: pytest.MonkeyPatch, minutes: int) -> None:
    ahead = timedelta(minutes=minutes)
    with playing(monkeypatch, default=by_clock(ahead, GOOD)) as local:
        transport = local.transport()
        for _ in range(3):
            assert transport.call(OPERATION, BODY, time.monotonic() + 10) == {"good": True}
    assert len(local.server.requests) == 4
    assert local.session().clock_skew == pytest.approx(ahead.total_seconds(), abs=3)
    assert [each.attempts for each in local.calls] == [2, 1, 1]
    assert local.slept == []


def test_a_server_that_never_agrees_about_the_time_is_asked_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = refuse("SignatureDoesNotMatch", 403, "Signature expired: too old")
    with playing(monkeypatch, default=wrong) as local:
        assert failed(local).reason is Reason.SKEWED
    assert len(local.server.requests) == 2


def test_a_wrong_clock_without_a_date_to_correct_it_by_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = refuse("RequestTimeTooSkewed", 403, "too large", {"Date": "yesterday"})
    with playing(monkeypatch, default=wrong) as local:
        assert failed(local).reason is Reason.SKEWED
    assert len(local.server.requests) == 1


OLD, NEW = "AKIAOLDOLDOLDOLD0000", "AKIANEWNEWNEWNEW0000"


def keys(path: Path, access_key: str) -> None:
    path.write_text(f"[default]\naws_access_key_id = {access_key}\naws_secret_access_key = x\n")


@pytest.fixture
def shared_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    path = tmp_path / "credentials"
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(path))
    keys(path, OLD)
    return path


def test_expired_credentials_are_looked_up_again(monkeypatch: pytest.MonkeyPatch, shared_credentials: Path) -> None:
    """Keys on disk that something else rotates: no restart is needed."""
    serve = but_for_key(OLD, refuse("ExpiredTokenException", 400, "expired"), GOOD)
    with playing(monkeypatch, GOOD, default=serve) as local:
        call(local)
        keys(shared_credentials, NEW)
        call(local)
    assert [each.access_key for each in local.server.requests] == [OLD, OLD, NEW]


def test_expired_credentials_that_stay_the_same_fail_at_once(
    monkeypatch: pytest.MonkeyPatch, shared_credentials: Path
) -> None:
    refusal = refuse("ExpiredToken", 403, "expired")
    with playing(monkeypatch, default=refusal) as local:
        assert failed(local) == Failure(Reason.EXPIRED, OPERATION, "ExpiredToken: expired")
    assert len(local.server.requests) == 1


def test_no_credentials_at_all_is_denied_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with playing(monkeypatch) as local:
        assert failed(local) == Failure(Reason.DENIED, OPERATION, "Unable to locate credentials")
    assert local.server.requests == []


def test_connections_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    with playing(monkeypatch, default=GOOD) as local:
        for _ in range(5):
            call(local)
    assert (len(local.server.requests), local.server.connections) == (5, 1)


def test_an_answer_that_is_too_long_is_malformed_and_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    options = AwsOptions(max_answer=1000, max_attempts=1)
    with playing(monkeypatch, default=raw(b"x" * 5000), options=options) as local:
        assert failed(local) == Failure(Reason.MALFORMED, OPERATION, "the answer is longer than 1000 bytes")


@given(body=st.binary(max_size=200), token=st.none() | st.text("abcXYZ/+=", min_size=1))
def test_a_signature_is_the_one_that_botocore_makes(body: bytes, token: str | None) -> None:
    credentials = ReadOnlyCredentials("AKIAIOSFODNN7EXAMPLE", "secret", token, None)
    headers = {"X-Amz-Target": "A.B", "Content-Type": "application/x-amz-json-1.0"}
    address = "https://monitoring.us-gov-west-1.amazonaws.com/"
    theirs = AWSRequest("POST", address, headers=headers, data=body)
    SigV4Auth(credentials, "monitoring", "us-gov-west-1").add_auth(theirs)
    at = datetime.strptime(theirs.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)

    ours = signed(address, headers, body, credentials=credentials, service="monitoring", region="us-gov-west-1", at=at)

    assert ours == dict(theirs.headers.items())
