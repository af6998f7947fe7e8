"""The daemon: puts the parts together, runs them, and takes them down again."""
