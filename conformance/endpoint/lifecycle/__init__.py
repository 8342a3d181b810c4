"""The lives of things: what creates, shows, changes and deletes them, what a run created, and sequences of requests."""
