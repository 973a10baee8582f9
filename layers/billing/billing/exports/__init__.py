"""Tables to be taken away: rows in, the bytes of a CSV or an XLSX out; the same rows, the same bytes."""
