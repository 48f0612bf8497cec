"""What was judged: outcomes, the journal, a finished run, the verdict derived from it, waivers, shards."""
