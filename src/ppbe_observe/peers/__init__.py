"""The neighbours that are asked over HTTP: I/O, with short timeouts, and errors that say what to do."""
