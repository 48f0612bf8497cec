"""Enrollments on the target: created under ids of the run, sent and identified, deleted at the end."""
