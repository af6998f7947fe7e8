"""FedRAMP controls: the checks, their evaluation and what follows from it. Pure: no I/O, no clock, no log."""
