"""The real peers start, answer, and stop."""

from pathlib import Path

from support.processes import alertmanager, amtool, prometheus, promtool


def test_a_real_prometheus_answers_queries_and_is_stopped_afterwards(tmp_path: Path) -> None:
    config = tmp_path / "prometheus.yml"
    config.write_text("global: {scrape_interval: 1s}\n")
    with prometheus(config, tmp_path) as peer:
        assert [each["value"][1] for each in peer.query("vector(7)")] == ["7"]
    assert peer.process.poll() is not None


def test_a_real_alertmanager_answers_and_is_stopped_afterwards(tmp_path: Path) -> None:
    config = tmp_path / "alertmanager.yml"
    config.write_text("route: {receiver: nobody}\nreceivers: [{name: nobody}]\n")
    with alertmanager(config, tmp_path) as peer:
        assert peer.get("/api/v2/alerts").json() == []
    assert peer.process.poll() is not None


def test_promtool_judges_what_it_is_given() -> None:
    assert promtool("check", "metrics", stdin="# HELP a_total A.\n# TYPE a_total counter\na_total 1\n").returncode == 0
    assert promtool("check", "metrics", stdin="# TYPE a counter\na 1\n").returncode != 0


def test_amtool_judges_what_it_is_given(tmp_path: Path) -> None:
    config = tmp_path / "alertmanager.yml"
    config.write_text("route: {receiver: missing}\nreceivers: []\n")
    judged = amtool("check-config", config)
    assert judged.returncode != 0
    assert "missing" in judged.stdout + judged.stderr
