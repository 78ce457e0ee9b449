"""Ratios and counts of the product, measured in one run: `make bench OUT=file.json`."""
