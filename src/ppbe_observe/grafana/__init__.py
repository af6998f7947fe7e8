"""The vocabulary of ``dashboards/``, and what is made of it. Pure: values in, values out."""
