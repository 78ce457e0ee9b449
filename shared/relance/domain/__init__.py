"""The rules, pure: no input or output, no clock, no chance, nothing of ours from above this package."""
