"""No secret passes, whatever stands around it; what is no secret stays readable."""

import json
import string
import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ppbe_observe.telemetry.plain import plain
from ppbe_observe.telemetry.redaction import is_secret_key, redact

_BASE64 = string.ascii_letters + string.digits + "+/"
_OPAQUE = st.text(_BASE64, min_size=24, max_size=80)
_KEY_ID = st.builds(
    lambda kind, rest: kind + rest,
    st.sampled_from(["AKIA", "ASIA"]),
    st.text(string.ascii_uppercase + string.digits, min_size=16, max_size=16),
)
_ACCESS_KEY = st.text(_BASE64, min_size=37, max_size=37).map(lambda text: f"aB{text}7")
_HEX = st.text("0123456789abcdef", min_size=64, max_size=64)
_PASSWORD = st.text(string.ascii_letters + string.digits + "!#$%*-._~/@:?", min_size=6, max_size=30).map(
    lambda text: f"Zq{text}9x"
)
_PEM_BODY = st.lists(st.text(_BASE64, min_size=64, max_size=64), min_size=1, max_size=20).map("\n".join)

# How each kind of secret is found in texts: the secret itself, and the text around it.
_SECRETS = st.one_of(
    _KEY_ID.map(lambda secret: (secret, secret)),
    _ACCESS_KEY.map(lambda secret: (secret, f" {secret} ")),
    _OPAQUE.map(lambda secret: (secret, f"IQoJb3JpZ2luX2Vj{secret}")),
    _OPAQUE.map(lambda secret: (secret, f"Authorization: Bearer {secret}")),
    _OPAQUE.map(lambda secret: (secret, f" bearer {secret}")),
    _OPAQUE.map(lambda secret: (secret, f"authorization=Basic {secret}=")),
    _OPAQUE.map(lambda secret: (secret, f"X-Amz-Security-Token: {secret}")),
    _OPAQUE.map(lambda secret: (secret, f"b'x-amz-security-token': b'{secret}'")),
    _OPAQUE.map(lambda secret: (secret, f"<SessionToken={secret}>")),
    _OPAQUE.map(lambda secret: (secret, f'{{"SecretAccessKey": "{secret}"}}')),
    _OPAQUE.map(lambda secret: (secret, f'{{\\"clientSecret\\":\\"{secret}\\"}}')),
    _OPAQUE.map(lambda secret: (secret, f"api_key={secret}&x=1")),
    _HEX.map(lambda secret: (secret, f"https://b.s3/k?X-Amz-Expires=60&X-Amz-Signature={secret}&a=b")),
    _HEX.map(lambda secret: (secret, f"AWS4-HMAC-SHA256 SignedHeaders=host, Signature={secret}")),
    _PASSWORD.map(lambda secret: (secret, f"postgresql+psycopg://observe:{secret}@db.internal/observe")),
    _PASSWORD.map(lambda secret: (secret, f'password="{secret}"')),
    _PEM_BODY.map(lambda body: (body, f"-----BEGIN EC PRIVATE KEY-----\n{body}\n-----END EC PRIVATE KEY-----")),
    _PEM_BODY.map(lambda body: (body, f"-----BEGIN PRIVATE KEY-----\n{body}")),
)


@given(secret=_SECRETS, before=st.text(max_size=40), after=st.text(max_size=40))
def test_no_secret_survives_in_any_text(secret: tuple[str, str], before: str, after: str) -> None:
    hidden, shown = secret
    assume(hidden not in before + after)
    assert hidden not in redact(f"{before} {shown} {after}")


@given(secret=_SECRETS, key=st.text(max_size=12), padding=st.integers(min_value=0, max_value=9000))
def test_no_secret_survives_in_any_data(secret: tuple[str, str], key: str, padding: int) -> None:
    """Long texts are cut; a secret on the edge of the cut does not leave its first half behind."""
    hidden, shown = secret
    data = {key: [{"text": f"{'. ' * (padding // 2)}{shown}", shown: shown}, (shown.encode(), {shown})]}
    text = json.dumps(plain(data), ensure_ascii=False)
    assert hidden[:20] not in text.replace("\\n", "\n")


@given(value=st.text(min_size=1) | st.integers() | st.binary(min_size=1) | st.lists(st.text(), min_size=1))
@pytest.mark.parametrize(
    "key",
    [
        "authorization",
        "Authorization",
        "Proxy-Authorization",
        "X-Amz-Security-Token",
        "aws_secret_access_key",
        "SecretAccessKey",
        "AWS_SESSION_TOKEN",
        "sessionToken",
        "token",
        "password",
        "MasterUserPassword",
        "password_hash",
        "client_secret",
        "SecretString",
        "api-key",
        "AccessKeyId",
        "credentials",
        "Set-Cookie",
        "private_key",
        "X-Amz-Signature",
    ],
)
def test_what_stands_under_a_secret_key_is_hidden_whatever_it_is(key: str, value: object) -> None:
    assert plain({"outer": {key: value}}) == {"outer": {key: "***"}}


@pytest.mark.parametrize(
    "key",
    [
        "operation",
        "exporter",
        "tokens_left",
        "credential_expiry_seconds",
        "secret_arn",
        "SecretName",
        "region",
        "key",
        "author",
        "dimension_Signature_Version",
    ],
)
def test_what_only_speaks_of_secrets_stays(key: str) -> None:
    assert not is_secret_key(key)


@pytest.mark.parametrize(
    "text",
    [
        "collect.finished",
        "secretsmanager:GetSecretValue",
        "arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:ppbe/production/database/password",
        "ExpiredToken: The security token included in the request is expired",
        "InvalidClientTokenId: The security token included in the request is invalid.",
        "Secrets Manager can't find the specified secret.",
        "http://127.0.0.1:9106/metrics",
        "https://monitoring.us-gov-west-1.amazonaws.com:443/?Action=GetMetricData",
        "arn:aws-us-gov:elasticloadbalancing:us-gov-west-1:123456789012:loadbalancer/app/x/50dc6c495c0c9188",
        "image sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "commit e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
        "basic authentication is required",
    ],
)
def test_what_is_no_secret_stays_readable(text: str) -> None:
    assert redact(text) == text


def test_the_text_around_a_secret_stays() -> None:
    text = "GET https://b.s3/k?X-Amz-Signature=abcdef0123456789&X-Amz-Expires=60 answered 403"
    assert redact(text) == "GET https://b.s3/k?X-Amz-Signature=***&X-Amz-Expires=60 answered 403"
    assert redact("postgresql://observe:hunter2@db/x: refused") == "postgresql://***@db/x: refused"


@pytest.mark.parametrize(
    "repeated",
    [
        "://a:",
        "://a",
        "password ",
        "token",
        "token:",
        "-----BEGIN PRIVATE KEY",
        "aA0/",
        "Authorization: ",
        'password="\\',
        "secret ",
        "x-amz-signature=\\",
        "AKIA",
    ],
)
def test_no_text_takes_long(repeated: str) -> None:
    """Quadratic time on what a tag or an answer can hold would stall every job."""
    text = (repeated * 16_384)[:16_384]
    started = time.process_time()
    redact(text)
    assert time.process_time() - started < 0.5
