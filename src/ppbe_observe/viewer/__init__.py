"""Asks Prometheus what a dashboard asks, and shows the preview: as a file, or to a browser. I/O."""
