"""What documentation says of an operation: the model, the ledger of requirements, choices and profiles."""
