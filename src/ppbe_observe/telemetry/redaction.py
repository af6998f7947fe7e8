"""Keeps secrets out of logs and traces: by the key they stand under, and by their shape. Pure.

Hiding too much is the lesser evil: a long random word may be hidden that was no secret. Every pattern is bounded,
so that no text takes more than linear time.
"""

import re

HIDDEN = "***"

_SECRET_KEY = re.compile(
    r"passw(?:or)?d|passphrase|authorization|cookie|secret(?!s?manager)"
    r"|(?:token|credential|apikey|accesskey|accesskeyid|privatekey|signature)s?$"
)
# What is only about a secret: its ARN, how many there are, when it expires.
_ABOUT_A_SECRET = re.compile(r"(?:arn|name|count|seconds|rotation|enabled|at|kind)$")
_KEY_PUNCTUATION = str.maketrans("", "", "-_. ")

_QUOTE = r"""(?:b?\\?["'])?"""  # also as it stands in JSON within text, and in the repr of bytes
_IS = rf"{_QUOTE}\s{{0,4}}(?:=>|%3D|[:=])\s{{0,4}}"
_IS_BUT_NOT_AN_ARN = rf"""{_QUOTE}\s{{0,4}}(?:=>|=|:(?=[\s\\"']))\s{{0,4}}"""  # secret:NAME is a part of one
_VALUE = rf"""(?:b?"(?:[^"\\]|\\.)+"|b?'(?:[^'\\]|\\.)+'|{_QUOTE}[^\s,;&"'\\)}}\]]+)"""
_WORD = r"""[^&\s"',;}\\]+"""
_SCHEME = r"(?:[\w-]{1,32}[ \t]+)?"


def _alone(pattern: str, replacement: str = HIDDEN) -> tuple[re.Pattern[str], str]:
    return re.compile(pattern, re.DOTALL), replacement


def _after(announcement: str, secret: str) -> tuple[re.Pattern[str], str]:
    return re.compile(rf"({announcement}){secret}", re.IGNORECASE), rf"\1{HIDDEN}"


_PATTERNS = (
    _alone(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?:.*?-----END [A-Z ]{0,40}PRIVATE KEY-----|.*)"),
    # Access key ids: AWS IAM user guide, "IAM identifiers", the prefixes of unique ids.
    _alone(r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}"),
    # Session tokens begin with these: the base64 of a serialised header.
    _alone(r"(?:IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz|AQoDYXdz)[A-Za-z0-9+/=%_-]*"),
    _after(rf"x-amz-(?:signature|security-token|credential){_IS}{_QUOTE}", _WORD),
    _after(rf"authorization{_IS}{_QUOTE}{_SCHEME}", _WORD),
    _after(r"\bbearer[ \t]+", r"[A-Za-z0-9._~+/=-]{8,}"),
    _after(r"\bbasic[ \t]+", r"[A-Za-z0-9+/]{16,}={0,2}"),
    _alone(r"""://[^\s/:@"'<>]{0,256}:[^\s"'<>]{0,1024}@""", f"://{HIDDEN}@"),
    _alone(r"""://[^\s/:@"'<>]{1,1024}@""", f"://{HIDDEN}@"),
    _after(rf"(?:passw(?:or)?d|passphrase)\w{{0,16}}{_IS}", _VALUE),
    _after(rf"(?:secret|(?:api|private|access)[_-]?key)\w{{0,16}}{_IS_BUT_NOT_AN_ARN}", _VALUE),
    # Shorter words after `token:` are prose: "ExpiredToken: The security token ...".
    _after(rf"(?:token|signature)\w{{0,8}}{_IS}{_QUOTE}", r"[A-Za-z0-9+/=_.~%-]{12,}"),
    # A secret access key is 40 characters of base64; a digest in hexadecimal lacks one of the three kinds.
    _alone(
        r"(?<![A-Za-z0-9/+=_-])(?=[a-z0-9/+]{0,39}[A-Z])(?=[A-Z0-9/+]{0,39}[a-z])(?=[A-Za-z/+]{0,39}[0-9])"
        r"[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=_-])"
    ),
)
_ANY = re.compile(
    r"-----BEGIN|A(?:KIA|SIA|BIA|CCA)|IQoJ|F[wQ]oG|AQoD|x-amz-|authorization|bearer|basic|://|passw|passphrase"
    r"|secret|api[_-]?key|private[_-]?key|access[_-]?key|token|signature|[A-Za-z0-9/+]{40}",
    re.IGNORECASE,
)


def is_secret_key(key: str) -> bool:
    """Whether what stands under this key is hidden whatever it looks like (``X-Amz-Security-Token``)."""
    plain = key.lower().translate(_KEY_PUNCTUATION)
    return _SECRET_KEY.search(plain) is not None and _ABOUT_A_SECRET.search(plain) is None


def redact(text: str) -> str:
    """The text with every secret in it replaced by ``***``."""
    if _ANY.search(text) is None:
        return text
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text
