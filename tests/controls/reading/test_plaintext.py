"""Which environment variables look like secrets in plain text."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppbe_observe.controls.reading.plaintext import secret_in

SECRET_ACCESS_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"  # of the AWS documentation
HEXADECIMAL = "9f8e7d6c5b4a39281706f5e4d3c2b1a0"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlMTIz"
UUID = "1234abcd-12ab-34cd-56ef-1234567890ab"

NAMED = (
    ("DB_PASSWORD", "hunter2"),
    ("DB_PASSWORD", "$ecret1"),
    ("DB_PASSWORD", "$Ecret1"),
    ("dbPassword", "hunter2"),
    ("spring.datasource.password", "hunter2"),
    ("PGPASSWORD", "hunter2"),
    ("DB_PASS", "hunter2"),
    ("DB_PWD", "hunter2"),
    ("DB_CREDS", "ppbe:hunter2"),
    ("SMTP_PASSWORD_2", "hunter2"),
    ("DB_PASSWORD_PRODUCTION", "hunter2"),
    ("API_KEY", "abc"),
    ("apikey", "abc"),
    ("STRIPE_SECRET_KEY", "abc"),
    ("SECRET_KEY_BASE", "abc"),
    ("PRIVATE_KEY", "MIIEv"),
    ("CLIENT_SECRET", "abc"),
    ("GITHUB_TOKEN", "abc"),
    ("AWS_ACCESS_KEY_ID", "of-minio"),
    ("S3_ACCESS_KEY_ID", "of-minio"),
    ("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY),
    ("ECS_ENGINE_AUTH_DATA", '{"https://index.docker.io/v1/":{}}'),
    ("DB_SECRET", "prod/Xk29LmQ8a"),
    ("DB_PASSWORD", "/Xk29LmQ8aVb3/9dKq"),
)

SUGGESTED = (
    ("SESSION_KEY", HEXADECIMAL),
    ("ENCRYPTION_KEY", HEXADECIMAL),
    ("TOKEN_FOR_GITHUB", "a8d7c6b5e4f3a2b1c0d9"),
    ("API_TOKENS", "a8d7c6b5e4f3a2b1c0d9,b8d7c6b5e4f3a2b1c0d0"),
)

SHAPED = (
    ("a URL with a password", "postgres://ppbe:$ecret1@db/ppbe"),
    ("settings with a password", "Server=db;Password=$ecret1;"),
    ("JSON with a password", '{"password": "$ecret1"}'),
    ("an AWS access key", "AKIA" + "IOSFODNN7EXAMPLE"),
    ("an AWS access key", "key=ASIA" + "IOSFODNN7EXAMPLE;"),
    ("an AWS secret access key", SECRET_ACCESS_KEY),
    ("a private key", "-----BEGIN RSA PRIVATE KEY-----\nMIIE"),
    ("a private key", "-----BEGIN PRIVATE KEY-----\\nMIIE"),
    ("a private key", "-----BEGIN OPENSSH PRIVATE KEY-----"),
    ("a URL with a password", "postgres://ppbe:hunter2@db:5432/ppbe"),
    ("a URL with a password", "redis://:hunter2@cache:6379/0"),
    ("a URL with a password", "mongodb+srv://ppbe:hun/ter2@db/ppbe"),
    ("a URL with a password", "postgres://ppbe:12345@db/ppbe"),
    ("a URL with a key", "https://x.blob/y?sv=1&sig=abcdefghijklmnop%3D"),
    ("a signed web token", JWT),
    ("the credentials of a header", "authorization=Bearer abcdefghijklmnop12"),
    ("settings with a password", "Server=db;User Id=sa;Password=hunter2;"),
    ("settings with a password", "jdbc:postgresql://db/ppbe?user=a&password=hunter2"),
    ("settings with a password", "-Xmx1g -Djavax.net.ssl.trustStorePassword=hunter2"),
    ("JSON with a password", '{"db": {"user": "ppbe", "password": "hunter2"}}'),
    ("a token of GitHub or GitLab", "ghp_" + "a1" * 18),
    ("a token of Slack", "https://hooks.slack.com/services/T0/B0/abc"),
    ("a key of an API", "sk_live_" + "a1" * 12),
    ("a token of a service", "hvs." + "a1" * 12),
)

HARMLESS = (
    # What is no secret by its name.
    ("NODE_ENV", "production"),
    ("AWS_REGION", "us-gov-west-1"),
    ("KMS_KEY_ID", UUID),
    ("PRIMARY_KEY", "id"),
    ("PARTITION_KEY", "account"),
    ("MONKEY", "banana"),
    ("KEYCLOAK_URL", "https://sso.example.gov/auth"),
    ("PASS_RATE", "3"),
    ("PASSTHROUGH", "always"),
    ("BYPASS", "never"),
    ("PWD", "/app"),
    ("OLDPWD", "/app"),
    ("GIT_SHA", HEXADECIMAL + "01234567"),
    ("IMAGE", f"api@sha256:{HEXADECIMAL}{HEXADECIMAL}"),
    ("COGNITO_CLIENT_ID", "7c2k3j4h5g6f7d8s9a0q1w2e3r"),
    ("NEXT_PUBLIC_API_KEY", "abc"),
    ("пароль", "x"),
    ("", "x"),
    # What is only about a secret.
    ("DB_PASSWORD_ARN", "anything"),
    ("SECRET_NAME", "ppbe"),
    ("SECRET_PATH", "ppbe"),
    ("API_KEY_ID", "abc123"),
    ("API_KEY_HEADER", "X-Api-Key"),
    ("CSRF_TOKEN_HEADER", "X-CSRF"),
    ("TOKEN_ISSUER", "ppbe"),
    ("ACCESS_TOKEN_EXPIRES_IN", "3600"),
    ("PASSWORD_MIN_LENGTH", "12"),
    ("PASSWORD_HASHERS", "argon2"),
    ("PASSWORD_RESET_SUBJECT", "Reset your password"),
    ("MAX_TOKENS", "4096"),
    ("SECRETS_MANAGER_REGION", "us-gov-west-1"),
    ("SECRET_ROTATION_ENABLED", "1"),
    # What points at a secret, or says nothing.
    ("DB_SECRET", "arn:aws-us-gov:secretsmanager:us-gov-west-1:1:secret:ppbe/production/database/password-AbCdEf"),
    ("DB_SECRET", "ppbe/production/database/password"),
    ("DB_SECRET", "ppbe/database"),
    ("DB_PASSWORD", "/run/secrets/db_password"),
    ("DB_PASSWORD", "C:\\secrets\\db"),
    ("GOOGLE_APPLICATION_CREDENTIALS", "/etc/gcp/key.json"),
    ("TOKEN", "https://sso.example.gov/token"),
    ("DB_PASSWORD", ""),
    ("DB_PASSWORD", "  "),
    ("DB_PASSWORD", "true"),
    ("DB_PASSWORD", "***"),
    ("DB_PASSWORD", "${DB_PASSWORD}"),
    ("DB_PASSWORD", "$DB_PASSWORD"),
    ("DB_PASSWORD", "{{resolve:secretsmanager:ppbe}}"),
    ("DB_PASSWORD", "<your password>"),
    ("DB_PASSWORD", "ssm:/ppbe/db"),
    ("USE_SECRET", "1"),
    ("ENCRYPTION_KEY", "alias/ppbe"),
    ("ENCRYPTION_KEY", UUID),
    ("SIGNING_KEY", "ppbe-signing-key-2024"),
    ("SSH_KEY", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI deploy@ppbe"),
    ("PUBLIC_KEY", "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----"),
    # What looks like a password in a URL or in settings.
    ("DATABASE_URL", "postgres://ppbe@db:5432/ppbe"),
    ("DATABASE_URL", "postgres://ppbe:${DB_PASSWORD}@db/ppbe"),
    ("URL", "http://host:3000/path@x"),
    ("URL", "https://host:8080?x=a@b"),
    ("KAFKA_BROKERS", "kafka://a:9092,b:9092/x@y"),
    ("SENTRY_DSN", f"https://{HEXADECIMAL}@o1.ingest.sentry.io/12"),
    ("JAVA_OPTS", "-Dx.password=${PW} -Dsecret=true"),
    ("CONFIG", '{"secret": "arn:aws:x", "token": "${T}", "tokenType": "Bearer"}'),
)


@pytest.mark.parametrize(("name", "value"), NAMED)
def test_a_name_that_says_so(name: str, value: str) -> None:
    assert secret_in(name, value) == "its name says so"


@pytest.mark.parametrize(("name", "value"), SUGGESTED)
def test_a_name_that_may_say_so_with_a_value_that_looks_like_it(name: str, value: str) -> None:
    assert secret_in(name, value) == "its name and value suggest it"
    assert secret_in(name, "one-two-three") is None


@pytest.mark.parametrize(("what", "value"), SHAPED)
def test_a_value_that_looks_like_it(what: str, value: str) -> None:
    assert secret_in("ANYTHING", value) == f"its value looks like {what}"


@pytest.mark.parametrize(("name", "value"), HARMLESS)
def test_no_false_alarm(name: str, value: str) -> None:
    assert secret_in(name, value) is None


@given(st.text(), st.text())
def test_any_text_can_be_judged_and_is_not_repeated(name: str, value: str) -> None:
    told = secret_in(name, value)
    assert told is None or told.startswith("its ")


@pytest.mark.parametrize(
    "part", ["a", "://", "a:", "/a", "eyJ", "-----BEGIN ", "${", '"a', "a1", "x://a:b", "password="]
)
def test_long_values_take_no_long_time(part: str) -> None:
    """A task definition holds at most 64 KiB."""
    began = process_time()
    secret_in("TOKEN_SECRET_FOR", part * (65536 // len(part)))
    assert process_time() - began < 2
