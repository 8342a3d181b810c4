"""`python -m conformance`: the same as the command `acs-conformance`."""

from conformance.cli import main

main(prog_name="acs-conformance")
