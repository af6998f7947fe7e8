"""Collecting: one run of one exporter on one target becomes a snapshot. I/O at its edges, pure between them."""
