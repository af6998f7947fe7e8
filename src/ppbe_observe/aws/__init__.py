"""Everything that speaks to AWS: sessions, the CloudWatch transport, the gatherers of resources."""
