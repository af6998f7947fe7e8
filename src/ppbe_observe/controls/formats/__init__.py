"""A report in the formats that scripts, spreadsheets and other tools read; all from one record."""
