"""Factur-X: an invoice as XML of UN/CEFACT CII D22B, profile EN 16931 with the French rules, inside its own PDF."""
