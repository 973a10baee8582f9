"""Who makes our signatures: an external service, a person, the operator's cloud, or nobody (test boxes)."""
