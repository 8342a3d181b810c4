"""The judges of SDK cases: small functions from what was observed to a finding. One module a theme."""
