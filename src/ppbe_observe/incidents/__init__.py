"""Incidents: what Alertmanager tells and is asked, and what is remembered of it."""
