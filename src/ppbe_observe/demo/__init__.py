"""The demo: the simulated estate, the daemon, Prometheus and Alertmanager on loopback, with pages that arrive."""
