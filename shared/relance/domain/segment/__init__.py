"""Smart queries (requêtes intelligentes): which documents match a filter tonight and did not last night. [SQ-01…SQ-08]

Pure: what a filter reads comes in as values, and whether a document enters is a function of what is known of it.
"""
