"""Text, secrets, files, signals, ids and time: what every other room uses."""
