"""A dashboard's JSON and Prometheus' answers as a page that needs neither Grafana nor a network. Pure.

Invariants: what is drawn is read out of the JSON that Grafana gets, there is no second model; everything of Prometheus
or AWS is text, never markup; what cannot be drawn says so where it would be.
"""
