"""What Prometheus reads: the series store, the text formats, and the daemon's own metrics."""
