"""What PromQL says, and whether it can be so, for whatever is made of it. Pure."""
