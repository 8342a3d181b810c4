"""What is generated from what: every file of the repository that nobody writes by hand."""
