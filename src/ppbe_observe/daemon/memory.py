"""How memory is kept and looked through. I/O: it tells the C library and the interpreter."""

import ctypes
import gc

M_ARENA_MAX = -8
"""mallopt(3): the most pools of memory that glibc keeps for threads."""
ARENAS = 2
GC_THRESHOLDS = (50_000, 20, 20)
"""Allocations between garbage collections, by generation."""


def share_arenas() -> None:
    """Keep two pools for all threads in place of eight per core: what one thread frees, another can use.

    Dozens of threads wait for AWS, and each reads a large answer now and then. Elsewhere than on glibc nothing happens.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, ARENAS)


def collect_seldom() -> None:
    """Look for garbage less often, and never again among what is there now.

    A large estate keeps a million objects: at Python's own thresholds of 700, 10, 10 a collection of all of them holds
    up scrapes for nearly half a second, several times a minute; and a command spends a seventh of its time on it.
    """
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
