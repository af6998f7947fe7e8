"""Rule files and their unit tests, as Prometheus and promtool read them. Pure."""
