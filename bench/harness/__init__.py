"""The parts of the bench: what is asked (rows), who answers (peers), how it is measured, and the report."""
