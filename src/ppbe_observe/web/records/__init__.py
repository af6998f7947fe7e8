"""What the pages show and the API answers: one record for both. Pure."""
