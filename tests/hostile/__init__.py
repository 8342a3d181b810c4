"""Endpoints that mean no good: the suite never hangs, lies, leaks or dies."""
