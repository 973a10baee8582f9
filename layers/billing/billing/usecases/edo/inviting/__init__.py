"""The campaign: whom we invite to exchange documents, what the operator answers, what payers are reminded of."""
