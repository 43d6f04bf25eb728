"""Measures what the product costs, in alternation with the limit, in one run: ratios count."""
