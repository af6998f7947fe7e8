"""The kinds of panels, one module each: a panel's JSON and its answers become what stands in it. Pure."""
