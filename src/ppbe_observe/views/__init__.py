"""The records of the pages and the API, made of what the daemon knows."""
