"""The availability record: asked of Prometheus on schedule, remembered, and told of."""
