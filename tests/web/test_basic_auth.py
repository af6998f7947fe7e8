"""Basic authentication, the rate limit and the headers of the web configuration, over real sockets."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import bcrypt
import httpx
import pytest
from pydantic import SecretStr

from ppbe_observe.web.passwords import BusyError, Login, Passwords
from ppbe_observe.web.server import WebServer
from support.webserver import serving

PASSWORD = "correct horse"
COST = 6  # low, so that tests are quick


def hashed(password: str, cost: int = COST) -> str:
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(cost)).decode()


def users(**passwords: str) -> str:
    return "basic_auth_users:\n" + "".join(f"  {name}: '{hashed(each)}'\n" for name, each in passwords.items())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    file = tmp_path_factory.mktemp("web") / "web.yaml"
    file.write_text(users(alice=PASSWORD, zoé="très: long"))
    with serving(web_config=file) as running:
        yield running


def get(server: WebServer, auth: tuple[str, str] | None, path: str = "/metrics") -> httpx.Response:
    return httpx.get(server.url + path, auth=httpx.BasicAuth(*auth) if auth else None)


@pytest.mark.parametrize(
    ("auth", "status"),
    [
        (("alice", PASSWORD), 200),
        (("zoé", "très: long"), 200),
        (None, 401),
        (("alice", "wrong"), 401),
        (("alice", ""), 401),
        (("alice", PASSWORD + "\0"), 401),
        (("alice", "x" * 5000), 401),
        (("mallory", PASSWORD), 401),
        (("", ""), 401),
    ],
)
def test_login(server: WebServer, auth: tuple[str, str] | None, status: int) -> None:
    for _ in range(2):  # the second time from memory
        assert get(server, auth).status_code == status


@pytest.mark.parametrize("path", ["/", "/healthz", "/readyz", "/-/reload", "/nothing"])
def test_every_page_is_guarded(server: WebServer, path: str) -> None:
    answer = get(server, None, path)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Basic realm="ppbe-observe", charset="UTF-8"'
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "header", ["", "Basic", "Basic !!!", "Bearer YTpi", "Basic YWI=", "Basic /////w==", "x" * 9000]
)
def test_malformed_header_is_refused(server: WebServer, header: str) -> None:
    assert httpx.get(f"{server.url}/metrics", headers={"Authorization": header}).status_code == 401


def test_password_longer_than_bcrypt_reads_is_cut_as_go_cuts_it() -> None:
    long = "x" * 72
    login = Login("alice", (long + "anything").encode())
    assert asyncio.run(Passwords().allows({"alice": SecretStr(hashed(long))}, login))


class TestMemory:
    """What the cache of outcomes promises."""

    def seconds(self, passwords: Passwords, login: Login, known: dict[str, SecretStr]) -> float:
        started = time.perf_counter()
        asyncio.run(passwords.allows(known, login))
        return time.perf_counter() - started

    def test_only_the_first_check_is_slow(self) -> None:
        known = {"alice": SecretStr(hashed(PASSWORD, 11))}
        passwords = Passwords()
        login = Login("alice", PASSWORD.encode())
        first = self.seconds(passwords, login, known)
        assert self.seconds(passwords, login, known) < first / 5

    def test_unknown_user_takes_as_long_as_a_known_one(self) -> None:
        known = {"alice": SecretStr(hashed(PASSWORD, 10))}
        passwords = Passwords()
        wrong = min(self.seconds(passwords, Login("alice", b"%d" % each), known) for each in range(5))
        nobody = min(self.seconds(passwords, Login("nobody", b"%d" % each), known) for each in range(5))
        assert 0.5 < nobody / wrong < 2

    def test_changed_hash_forgets_the_old_password(self) -> None:
        passwords = Passwords()
        login = Login("alice", PASSWORD.encode())
        assert asyncio.run(passwords.allows({"alice": SecretStr(hashed(PASSWORD))}, login))
        assert not asyncio.run(passwords.allows({"alice": SecretStr(hashed("new"))}, login))

    def test_guesses_do_not_push_the_right_password_out(self) -> None:
        known = {"alice": SecretStr(hashed(PASSWORD, 4))}
        passwords = Passwords()

        async def guess() -> bool:
            assert await passwords.allows(known, Login("alice", PASSWORD.encode()))
            for each in range(300):
                assert not await passwords.allows(known, Login("alice", b"%d" % each))
            passwords.close()  # from here on nothing can be checked, only remembered
            return await passwords.allows(known, Login("alice", PASSWORD.encode()))

        assert asyncio.run(guess())

    def test_many_at_once_wait_for_one_check_and_too_many_guesses_are_turned_away(self) -> None:
        known = {"alice": SecretStr(hashed(PASSWORD, 10))}
        passwords = Passwords()

        async def at_once() -> tuple[list[bool], int]:
            same = [passwords.allows(known, Login("alice", PASSWORD.encode())) for _ in range(1000)]
            right = await asyncio.gather(*same)
            guesses = [passwords.allows(known, Login("alice", b"%d" % each)) for each in range(70)]
            outcomes = await asyncio.gather(*guesses, return_exceptions=True)
            return right, sum(isinstance(each, BusyError) for each in outcomes)

        started = time.perf_counter()
        assert asyncio.run(at_once()) == ([True] * 1000, 6)
        assert time.perf_counter() - started < 30


def test_users_are_read_again_and_a_wrong_file_is_not_applied(tmp_path: Path) -> None:
    file = tmp_path / "web.yaml"
    file.write_text(users(alice="old"))
    with serving(web_config=file) as server:
        assert get(server, ("alice", "old")).status_code == 200
        replace(file, users(alice="new"))
        assert get(server, ("alice", "old")).status_code == 401
        assert get(server, ("alice", "new")).status_code == 200
        replace(file, "basic_auth_users: {alice: plain}")
        assert get(server, ("alice", "new")).status_code == 200
        assert get(server, None).status_code == 401
        replace(file, "tls_server_config: {cert_file: a, key_file: b}")
        assert get(server, None).status_code == 401


def replace(file: Path, text: str) -> None:
    """As an editor does it; then wait until the server looks again."""
    draft = file.with_suffix(".new")
    draft.write_text(text)
    draft.replace(file)
    time.sleep(1.05)


def test_headers_of_the_file_replace_ours_and_a_blank_one_unsets(tmp_path: Path) -> None:
    file = tmp_path / "web.yaml"
    file.write_text(
        "http_server_config:\n  headers:\n    Strict-Transport-Security: max-age=31536000\n"
        "    X-Frame-Options: sameorigin\n    X-Content-Type-Options: ''\n"
    )
    with serving(web_config=file) as server:
        headers = httpx.get(server.url).headers
    assert headers["strict-transport-security"] == "max-age=31536000"
    assert headers["x-frame-options"] == "sameorigin"
    assert "x-content-type-options" not in headers


def test_rate_limit(tmp_path: Path) -> None:
    file = tmp_path / "web.yaml"
    file.write_text("rate_limit: {interval: 1h, burst: 3}\n")
    with serving(web_config=file) as server:
        answers = [httpx.get(f"{server.url}/healthz") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[-1].headers["retry-after"] == "1"
