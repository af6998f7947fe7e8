"""Files out of the estate root: what Prometheus, Alertmanager and CloudWatch read."""
