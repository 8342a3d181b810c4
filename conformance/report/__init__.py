"""What is made of an event stream: reports, comparisons, certificates. A run is known here by its events only."""
