"""The embedded reference endpoint: a list operation served as its contract documents it, with faults on request."""
