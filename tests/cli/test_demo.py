"""``ppbe-observe demo``: everything starts, answers and stops together."""

import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from support.daemon import command, parse, until, values

STARTS_WITHIN = 60.0  # seconds; it takes about ten
PORT_OF_THE_ESTATE = 4570
CPU = "aws_rds_cpuutilization_average"


@contextmanager
def demo(home: Path, *arguments: str) -> Iterator[tuple["subprocess.Popen[bytes]", Path]]:
    """A demo that has announced itself, and what it printed."""
    output = home / "output"
    temporary = home / "tmp"
    temporary.mkdir()
    with output.open("wb") as out:
        process = subprocess.Popen(
            command("demo", *arguments),
            stdout=out,
            stderr=out,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "TMPDIR": str(temporary)},
        )
        try:

            def announced() -> bool:
                assert process.poll() is None, output.read_text()
                return "Ctrl-C stops all of it." in output.read_text()

            until(announced, STARTS_WITHIN, output.read_text)
            yield process, output
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait(60)


def address(text: str, name: str) -> str:
    """The address that was printed for something."""
    found = re.search(rf"{name}\s+(http://127\.0\.0\.1:\d+)", text)
    assert found is not None, text
    return found[1]


def children(process: "subprocess.Popen[bytes]") -> list[int]:
    """The processes that the demo has started."""
    return [int(each) for each in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


@contextmanager
def taken(port: int) -> Iterator[None]:
    """Somebody listens on the port: we do, or whoever has it already."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            listener.bind(("127.0.0.1", port))
            listener.listen()
        yield


def test_the_demo_fills_prometheus_and_ctrl_c_ends_all_of_it(tmp_path: Path) -> None:
    """Also where the estate's usual port is taken: it takes another one."""
    installed = [each for each in ("prometheus", "prometheus-alertmanager") if shutil.which(each)]
    with taken(PORT_OF_THE_ESTATE), demo(tmp_path, "--port", "0") as (process, output):
        told = output.read_text()
        metrics = address(told, "metrics")
        estate = address(told, "simulated AWS")
        assert estate != f"http://127.0.0.1:{PORT_OF_THE_ESTATE}"
        assert f"\nAWS_ENDPOINT_URL={estate}\n" in told

        def filled() -> bool:  # the page is rendered up to a second after everybody is ready
            series = parse(httpx.get(f"{metrics}/metrics").text)
            accounts = {dict(labels)["account_id"] for name, labels in series if name == CPU}
            succeeded = set(values(series, "ppbe_observe_collect_success"))
            return accounts == {"123456789012", "210987654321"} and succeeded == {1.0}

        until(filled, 20.0)
        if "prometheus" in installed:
            peer = address(told, "Prometheus")
            assert httpx.get(f"{metrics}/availability.json").json()["source"] == peer
            query = {"query": "ppbe_observe_build_info"}
            # Prometheus scrapes every 30 s, as it is generated.
            until(lambda: httpx.get(f"{peer}/api/v1/query", params=query).json()["data"]["result"], within=60)
            until(lambda: "Databases (RDS)" in httpx.get(address(told, "dashboards")).text)
            drawn = httpx.get(f"{address(told, 'dashboards')}/d/ppbe-overview", timeout=30)
            assert (drawn.status_code, "Overview" in drawn.text) == (200, True)
            assert f"{metrics}/runbooks/" in drawn.text
            assert address(told, "dashboards") in httpx.get(metrics).text  # the front page leads there
        started = children(process)
        assert len(started) == 2 + len(installed) + ("prometheus" in installed)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert [each for each in started if Path(f"/proc/{each}").exists()] == []
    assert "Traceback" not in output.read_text()
    assert list((tmp_path / "tmp").glob("ppbe-observe-demo-*")) == []


def test_a_part_that_dies_ends_the_demo_and_is_named(tmp_path: Path) -> None:
    with demo(tmp_path, "--port", "0", "--no-prometheus") as (process, output):
        started = children(process)
        os.kill(started[1], signal.SIGKILL)
        assert process.wait(30) == 1
        assert "ppbe-observe has ended" in output.read_text()
        assert [each for each in started if Path(f"/proc/{each}").exists()] == []
