"""Speed, as ratios measured in one run. `make bench` prints them; no test asserts a time."""
