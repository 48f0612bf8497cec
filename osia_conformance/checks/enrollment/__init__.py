"""What the checks of one subject share: how its rule is put to the target, and how the answer is judged."""
