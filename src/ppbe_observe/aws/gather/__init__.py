"""How AWS is asked about resources: what a listing and a question are, and who asks them."""
