"""Following up: what to send about a document, when, and when to stop. Pure: clock and facts come in as values."""
