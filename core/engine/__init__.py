"""From declarations to runs: `descend` is the one entry."""
