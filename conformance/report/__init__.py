"""What is made of the events of a run: reports, certificates, comparisons. Reads events, and asks nobody."""
