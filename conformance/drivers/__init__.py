"""SDK drivers, one small file each, and the protocol by which any program can be one. See README.md."""
