"""What every test stands on, and their order.

No word of the machine's own AWS, OpenTelemetry or ppbe-observe settings, or terminal.
"""

import os
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import trustme
from hypothesis import HealthCheck, settings

# Times are no part of a property: a busy machine would fail it. CI repeats the same examples on every run.
settings.register_profile("quick", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("quick"), max_examples=100, derandomize=True)
settings.register_profile("thorough", settings.get_profile("quick"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if "CI" in os.environ else "quick"))

_FOREIGN = ("AWS_", "OTEL_", "PPBE_OBSERVE", "MOTO_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_TERMINAL = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR")  # readline sets the first two in the workers of xdist

_LONGEST = ("image/", "alerts/test_rules_in_promtool.py", "cli/test_demo.py", "integration/", "daemon/", "cli/", "web/")
"""What takes minutes, and much of that waiting, below tests/; the longest first."""
_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no worker waits for another at the end."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    path = item.path.relative_to(_HERE).as_posix()
    return next((turn for turn, each in enumerate(_LONGEST) if path.startswith(each)), len(_LONGEST))


@pytest.fixture(autouse=True, scope="session")
def isolated_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """Dummy credentials and no configuration; a test adds what it is about with ``monkeypatch.setenv``.

    Gives the machine's own environment, for what has to be fetched.
    """
    own = dict(os.environ)
    nowhere = tmp_path_factory.mktemp("aws")
    trusted = nowhere / "trusted.pem"
    trustme.CA().cert_pem.write_to_path(trusted)
    with pytest.MonkeyPatch.context() as patch:
        for name in [each for each in os.environ if each.upper().startswith(_FOREIGN) or each in _TERMINAL]:
            patch.delenv(name)
        patch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
        patch.setenv("AWS_CONFIG_FILE", str(nowhere / "config"))
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(nowhere / "credentials"))
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        # The machine's own authorities take httpx 25 ms to read, for each request and each time that somebody waits.
        patch.setenv("SSL_CERT_FILE", str(trusted))
        patch.setenv("GOGC", "400")  # promtool and Prometheus live for seconds: collecting garbage is a fifth of that
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as shells start what runs in the background
            signal.signal(signal.SIGINT, signal.default_int_handler)
        yield own
