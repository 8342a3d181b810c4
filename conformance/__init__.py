"""Conformance testing of cloud APIs against their own documentation."""

__version__ = "0.1.0"
