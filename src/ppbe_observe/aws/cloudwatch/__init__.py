"""CloudWatch's read path, our own thin transport: GetMetricData and ListMetrics (docs/adr/0005-thin-transport.md)."""
