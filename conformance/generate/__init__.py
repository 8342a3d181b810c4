"""Requests from a contract, as Hypothesis strategies: valid, at the boundaries, and invalid by exactly one rule."""
