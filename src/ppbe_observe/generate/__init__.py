"""Files out of the estate root: what Prometheus, Alertmanager, CloudWatch and Grafana read."""
