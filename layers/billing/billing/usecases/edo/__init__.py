"""What the three EDO functions are made of: a room for each, and what they share: payers, boxes, cursors, reports."""
