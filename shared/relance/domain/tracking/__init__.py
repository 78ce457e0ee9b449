"""Open tracking, in the order of the law: consent first, then what a hit may mean, and never more than that."""
