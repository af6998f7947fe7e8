"""Tells whether an environment variable holds a secret in plain text, by its name and by its value. Pure.

Invariants: a value is never repeated in an answer; what only points at a secret (an ARN, a file, a URL without a
password, a template) is none. A false alarm costs a person's time: a name alone counts only where it ends in the word.
"""

import re
from math import log2

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

# Names.

# Security Hub control ECS.8 names the first three; the others are whole credentials by definition.
_SECRET_NAMES = frozenset(
    {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "ECS_ENGINE_AUTH_DATA", "DOCKER_AUTH_CONFIG", "REDISCLI_AUTH"}
)
_SECRET_WORDS = (
    *("PASSWORD", "PASSWORDS", "PASSWD", "PASSPHRASE", "SSHPASS"),
    *("SECRET", "SECRETS", "TOKEN", "CREDENTIAL", "CREDENTIALS"),
    *("APIKEY", "ACCESSKEY", "SECRETKEY", "PRIVATEKEY"),
)
_SECRET_LAST = frozenset({"PASS", "PWD", "CREDS"})  # alone they mean something else
_SECRET_KEYS = frozenset({"ACCESS", "API", "AUTH", "PRIVATE", "SECRET", "SSH"})
# Keys that are as often named (a KMS alias, a signing profile) as given.
_MAYBE_KEYS = frozenset(
    {"ACCOUNT", "APP", "COOKIE", "DECRYPTION", "ENCRYPTION", "HMAC", "JWT", "LICENSE", "MASTER", "SESSION"}
    | {"SHARED", "SIGNING"}
)
_NAMES_OF_SECRETS = ("SECRET", "SECRETS", "CREDENTIAL", "CREDENTIALS")  # in Secrets Manager a name is a path
_KEY = frozenset({"KEY", "KEYS"})
_PUBLIC = frozenset({"PUBLIC", "PUBLISHABLE", "ANON"})  # handed to every browser by design
# They may follow the word, and it is the secret still.
_QUALIFIERS = frozenset(
    {"ADMIN", "B", "BASE", "CURRENT", "DB", "DEFAULT", "DEV", "ENV", "NEW", "NEXT", "OLD", "PLAIN", "PLAINTEXT"}
    | {"PREVIOUS", "PRIMARY", "PROD", "PRODUCTION", "QA", "READER", "REPLICA", "ROOT", "SECONDARY", "STAGE", "STAGING"}
    | {"STRING", "TEST", "UAT", "VALUE", "WRITER"}
)
# After the word, these say that the variable is about a secret and does not hold it.
_ABOUT = frozenset(
    {"ADDRESS", "AGE", "ALG", "ALGORITHM", "ARN", "ARNS", "ATTEMPTS", "AUDIENCE", "BACKEND", "BUCKET", "CACHE", "CLASS"}
    | {"COOKIE", "COUNT", "DAYS", "DIR", "DIRECTORY", "DURATION", "ENABLED", "ENDPOINT", "EXPIRATION", "EXPIRES"}
    | {"EXPIRY", "FIELD", "FILE", "FILENAME", "FORMAT", "HEADER", "HOST", "HOURS", "ID", "IDS", "INTERVAL", "ISSUER"}
    | {"LENGTH", "LIFETIME", "LIMIT", "LOCATION", "MANAGER", "MAX", "METHOD", "MIN", "MINUTES", "MODE", "NAME", "NAMES"}
    | {"NAMESPACE", "PAGE", "PARAMETER", "PATH", "POLICY", "PORT", "PREFIX", "PROFILE", "PROVIDER", "REF", "REGION"}
    | {"REQUIRED", "ROTATION", "ROUTE", "SECONDS", "SERVER", "SERVICE", "SIZE", "SOURCE", "STORE", "SUBJECT", "SUFFIX"}
    | {"TEMPLATE", "TIMEOUT", "TTL", "TYPE", "URI", "URL", "USE", "VALIDITY", "VERSION"}
)

# Values.

_HARMLESS = re.compile(
    r"(?i:true|false|yes|no|on|off|[01]|none|null|nil|undefined|enabled|disabled|required|optional)?"
    r"|arn:.+|alias/.+|(?:file|ssm|secretsmanager|vault|awssm):.+"
    r"|\$\{[^}]*\}|\$\([^)]*\)|(?-i:\$[A-Z_][A-Z0-9_]*)|\{\{.*\}\}|%\w+%|<[^>]*>"  # templates, filled in elsewhere
    r"|[*xX.•]{3,}|-"  # redacted already
    r"|[a-z]+://\S+"  # one with a password has been found before
    r"|(?:ssh|ecdsa)-[\w-]+ .+|-----BEGIN (?:[A-Z]+ )?(?:PUBLIC KEY|CERTIFICATE)-----.*",
    re.DOTALL,
)
_PATH = re.compile(r"(?:[A-Za-z]:|~|\.{1,2})?[\\/]?(?:[\w.@-]{1,64}[\\/])+[\w.@-]{1,64}")
_ROOT = re.compile(r"[\\/~.]|[A-Za-z]:")
# A part of a path is made of words (database, Password, dbPassword); base64, which has slashes too, is not.
_WORD = re.compile(r"(?:[a-z]+|[A-Z]+|[A-Z]?[a-z]+(?:[A-Z][a-z]+){0,4})?")
_MOST_NUMBERS = 3  # in a part: a date
_RUN = re.compile(r"[A-Za-z0-9+/=]{16,}")
_RANDOM = 3.0  # bits a character: 16 random hexadecimal digits have about 3.3
_SECRET_ACCESS_KEY = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])[A-Za-z0-9+/]{40}")

# No reference, template or switch. ECS fills in nothing: what begins with $ is a template only where it looks like one.
_LITERAL = r"(?!arn:|\$[{(]|(?-i:\$[A-Z_])|[%{<*]|(?:true|false|yes|no|on|off|\d{1,2})\b)"
_SHAPES = (
    ("an AWS access key", r"(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])"),
    ("a private key", r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"),
    (
        "a URL with a password",  # a port is none
        rf"[A-Za-z][\w+.-]{{1,31}}://[^\s/:@?#\[]{{0,256}}:(?!\d{{1,5}}(?:[/?#,;]|$)){_LITERAL}\S{{1,1024}}@",
    ),
    ("a URL with a key", r"[?&](?i:sig|token|access_token|api_?key|key)=[\w%.~+/-]{16,}"),
    ("a signed web token", r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}"),
    ("the credentials of a header", r"\b(?:Bearer|Basic)(?:\s|%20)+[\w.~+/=-]{16,}"),
    (
        "settings with a password",  # key=value;..., -Dkey=value
        rf"(?i)(?:passw(?:or)?d|passphrase|\bpwd|secret|accountkey|sharedaccesskey)=[\"']?{_LITERAL}[^\s;&\"']+",
    ),
    (
        "JSON with a password",
        rf"(?i)\"\w{{0,64}}(?:passw(?:or)?d|passphrase|secret|token|apikey)\"\s{{0,4}}:\s{{0,4}}\"{_LITERAL}[^\"]+\"",
    ),
    ("a token of GitHub or GitLab", r"\b(?:gh[oprsu]_\w{30,}|github_pat_\w{22,}|glpat-[\w-]{20,})"),
    ("a token of Slack", r"\bxox[abeoprs]-[\w-]{10,}|hooks\.slack\.com/services/\w+/\w+/\w+"),
    ("a key of an API", r"\b(?:AIza[\w-]{35}|[rs]k_(?:live|test)_\w{16,}|sk-[\w-]{20,}|SG\.[\w-]{16,}\.[\w-]{16,})"),
    ("a token of a service", r"\b(?:npm_\w{36,}|pypi-AgE[\w-]{20,}|hvs\.[\w-]{20,}|glsa_\w{32,})"),
)
_PATTERNS = tuple((what, re.compile(pattern)) for what, pattern in _SHAPES)


def secret_in(name: str, value: str) -> str | None:
    """Why a variable looks like a secret, without its value; None where it does not."""
    for what, shape in _PATTERNS:
        if shape.search(value):
            return f"its value looks like {what}"
    words = [each.upper() for each in _WORDS.findall(name)]
    if _points_elsewhere(value.strip(), words):
        return None
    if name.upper() in _SECRET_NAMES or words[-3:] == ["ACCESS", "KEY", "ID"] or _names_a_secret(words):
        return "its name says so"
    if _SECRET_ACCESS_KEY.fullmatch(value):
        return "its value looks like an AWS secret access key"
    return "its name and value suggest it" if _may_name_a_secret(words) and _is_random(value) else None


def _names_a_secret(words: list[str]) -> bool:
    """Whether the name ends in a word for a secret, qualifiers aside (``DB_PASSWORD_2``, ``TOKEN_PROD``)."""
    while words and (words[-1].isdigit() or words[-1] in _QUALIFIERS):
        words = words[:-1]
    if not words or not _PUBLIC.isdisjoint(words):
        return False
    if words[-1].endswith(_SECRET_WORDS):
        return True
    return words[-2:-1] != [] and (words[-1] in _SECRET_LAST or (words[-1] in _KEY and words[-2] in _SECRET_KEYS))


def _may_name_a_secret(words: list[str]) -> bool:
    """Whether a word for a secret stands anywhere in the name, and nothing after it says that it is only about one."""
    for end in range(len(words), 0, -1):
        some = words[:end]
        if some[-1] in _ABOUT:
            return False
        if some[-1] == "TOKENS" or _names_a_secret(some):
            return True
        if some[-1] in _KEY and not _MAYBE_KEYS.isdisjoint(some[-2:-1]) and _PUBLIC.isdisjoint(some):
            return True
    return False


def _points_elsewhere(value: str, words: list[str]) -> bool:
    """Whether the value is no secret but says where one is, or says nothing."""
    if _HARMLESS.fullmatch(value):
        return True
    if not _PATH.fullmatch(value):
        return False
    parts = re.split(r"[\\/]", value)
    fewest = 2 if words and words[-1].endswith(_NAMES_OF_SECRETS) else 3
    return (len(parts) >= fewest or _ROOT.match(value) is not None) and all(map(_is_made_of_words, parts))


def _is_made_of_words(part: str) -> bool:
    numbers = re.findall(r"\d+", part)
    return len(numbers) <= _MOST_NUMBERS and all(_WORD.fullmatch(each) for each in re.split(r"[\W\d_]+", part))


def _is_random(value: str) -> bool:
    """Whether a long unbroken run of letters and digits carries more than words do."""
    return any(
        re.search("[0-9]", run) and re.search("[A-Za-z]", run) and _bits(run) >= _RANDOM for run in _RUN.findall(value)
    )


def _bits(text: str) -> float:
    """Shannon entropy a character."""
    return -sum((share := text.count(each) / len(text)) * log2(share) for each in set(text))
