"""mapkit beside its peers: the same question, the same log, one run."""
