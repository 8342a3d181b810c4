"""The endpoint suite: one pytest module a theme of the ledger, each readable as the specification it checks."""
