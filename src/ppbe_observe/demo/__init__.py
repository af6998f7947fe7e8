"""The demo: the simulated estate, the daemon, Prometheus, Alertmanager and dashboards on loopback."""
