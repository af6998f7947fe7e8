"""Answers as a person sees them: named, in their units, in the colours of their levels, on an axis. Pure."""
