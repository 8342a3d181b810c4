"""What every exchange of a run is judged by, whatever it was made for, and the dialect that it shows."""
