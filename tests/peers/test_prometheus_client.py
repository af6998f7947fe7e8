"""What a client says of a Prometheus that is not there, refuses, or is something else."""

from datetime import timedelta

import pytest

from ppbe_observe.errors import PeerError, SettingsError
from ppbe_observe.peers.prometheus import Prometheus, Result
from support.commands import command
from support.peers import answering
from support.processes import free_port

VECTOR = (
    b'{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"up"},"value":[1.5,"1"]}]}}'
)
MATRIX = b'{"status":"success","data":{"result":[{"metric":{},"values":[[10,"1"],[20,"NaN"]]}]}}'


def test_answers_are_series_with_points() -> None:
    asked: list[tuple[str, dict[str, list[str]]]] = []
    with answering(VECTOR, asked=asked) as url:
        assert Prometheus(url + "/").query("up == 1") == (Result({"__name__": "up"}, ((1.5, 1.0),)),)
    assert asked == [("/api/v1/query", {"query": ["up == 1"]})]
    with answering(MATRIX, asked=asked) as url:
        (found,) = Prometheus(url).query_range("up", 10, 20, 10)
    assert asked[1] == (
        "/api/v1/query_range",
        {"query": ["up"], "start": ["10.000"], "end": ["20.000"], "step": ["10.000"]},
    )
    assert found.points[0] == (10.0, 1.0)
    with answering(VECTOR, asked=asked) as url:
        Prometheus(url).query("up", at=7.5)
    assert asked[2] == ("/api/v1/query", {"query": ["up"], "time": ["7.500"]})


def test_the_values_of_a_label() -> None:
    asked: list[tuple[str, dict[str, list[str]]]] = []
    with answering(b'{"status":"success","data":["a","b c"]}', asked=asked) as url:
        assert Prometheus(url).label_values("region", 'up{a="&"}', 1, 2) == ("a", "b c")
        assert Prometheus(url).label_values("region", None, 1, 2) == ("a", "b c")
    of_a_selector = {"match[]": ['up{a="&"}'], "start": ["1.000"], "end": ["2.000"]}
    of_any = {"start": ["1.000"], "end": ["2.000"]}
    assert asked == [("/api/v1/label/region/values", of_a_selector), ("/api/v1/label/region/values", of_any)]
    with answering(b'{"status":"success","data":{}}') as url, pytest.raises(PeerError, match="does not answer as"):
        Prometheus(url).label_values("region", None, 1, 2)


def test_a_time_may_be_asked_for_and_connections_are_closed() -> None:
    asked: list[tuple[str, dict[str, list[str]]]] = []
    with answering(VECTOR, asked=asked) as url:
        server = Prometheus(url)
        server.query("up", at=1.5)
        server.close()
        assert server.query("up")  # a new connection
    assert asked[0] == ("/api/v1/query", {"query": ["up"], "time": ["1.500"]})


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b'{"status":"error","errorType":"bad_data","error":"1:2: parse error"}', 400, "bad_data: 1:2: parse error"),
        (b"<html>Sign in</html>", 200, "does not answer as Prometheus does .HTTP 200: '<html>Sign in</html>'"),
        (b"", 502, "HTTP 502: ''.; check the address"),
        (b"[]", 200, "does not answer as Prometheus does"),
        (b'{"status":"success","data":{"result":[{"metric":{},"value":[1,"x"]}]}}', 200, "does not answer as"),
        (b'{"status":"success","data":{"result":{}}}', 200, None),
        (b'{"status":"success","data":7}', 200, "does not answer as"),
    ],
)
def test_what_is_no_answer_is_told(body: bytes, status: int, said: str | None) -> None:
    with answering(body, status) as url:
        if said is None:
            assert Prometheus(url).query("up") == ()
            return
        with pytest.raises(PeerError, match=said):
            Prometheus(url).query("up")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("15d", timedelta(days=15)),
        ("5w", timedelta(days=35)),
        ("1y2w or 512MB", timedelta(days=379)),
        ("36h30m", timedelta(hours=36.5)),
        ("512MB", None),
        ("", None),
        ("15dd", None),
    ],
)
def test_how_long_samples_are_kept(text: str, kept: timedelta | None) -> None:
    with answering(b'{"status":"success","data":{"storageRetention":"%s"}}' % text.encode()) as url:
        assert Prometheus(url).retention() == kept


@pytest.mark.parametrize("body", [b"404 page not found", b'{"status":"success","data":{}}', b'{"status":"success"}'])
def test_another_server_does_not_say_how_long_it_keeps_samples(body: bytes) -> None:
    with answering(body, 404) as url:
        assert Prometheus(url).retention() is None


def test_nobody_answers() -> None:
    with pytest.raises(PeerError, match=r"does not answer \(.*Connection refused\): start it, or give its address"):
        Prometheus(f"http://127.0.0.1:{free_port()}").query("up")


@pytest.mark.parametrize("url", ["127.0.0.1:9090", "localhost", "ftp://x", "http://", ""])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(SettingsError, match="give an address such as"):
        Prometheus(url)


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(SettingsError, match="a user and a password in an address are not taken") as caught:
        Prometheus("http://somebody:hunter2@127.0.0.1:9090")
    assert "hunter2" not in str(caught.value)


def test_it_is_told_where_the_address_is_to_be_mended() -> None:
    with pytest.raises(PeerError, match=r"start it, or give its address with prometheus\.url$"):
        Prometheus(f"http://127.0.0.1:{free_port()}", read=1, given_by="prometheus.url").query("up")
    with pytest.raises(SettingsError, match=r"^prometheus\.url ftp://x: give an address such as"):
        Prometheus("ftp://x", given_by="prometheus.url")


def test_the_command_ends_with_2_where_it_cannot_know_and_with_3_where_it_is_misused() -> None:
    down = command("slo", "status", "--prometheus", f"http://127.0.0.1:{free_port()}")
    assert (down.code, down.stdout) == (2, b"")
    assert "Connection refused" in down.stderr
    assert command("slo", "status", "--prometheus", "nowhere").code == 3
    assert command("slo", "status", "--format", "yaml").code == 3
    with answering(b"<html>") as url:
        assert command("slo", "status", "--prometheus", url).code == 2
