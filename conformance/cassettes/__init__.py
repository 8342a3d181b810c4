"""Cassettes: the exchanges of a run, recorded once in VCR.py's format, and judged again anywhere without a network."""
