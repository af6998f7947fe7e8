"""What the notations of AWS mean: policies and their conditions, ports, schedules, patterns, lifecycle rules. Pure."""
