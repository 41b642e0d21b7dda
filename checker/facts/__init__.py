"""The facts file of a subject: its schema, its views, the write side (`store`) and the guarded read side (`query`)."""
