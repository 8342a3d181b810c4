"""HTTP and the common protocol of RPC calls, both ways; no operation is known here."""
