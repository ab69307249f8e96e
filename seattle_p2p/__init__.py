"""A testbed of donated computers without a centre."""

__version__ = "0.1.0"
