"""What became of what was sent: events, a nightly recheck, our receipts, and the files that are kept at the end."""
