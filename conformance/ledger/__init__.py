"""What can be required of an implementation, what a run finds about it, and what that comes to."""
