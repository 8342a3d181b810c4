"""The gates: every seeded fault is found by the requirement about it, and no conformant variant is accused."""
