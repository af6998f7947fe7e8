"""Alarms as CloudWatch has them: written for other tools, compared, and put there. Pure."""
