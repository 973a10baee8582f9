"""What inviting, sending and tracking are made of: payers, relations, signing, posting, fates, what waits."""
