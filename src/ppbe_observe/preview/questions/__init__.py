"""What a dashboard asks of Prometheus: for which time, with what chosen. Pure."""
