"""What the accountant is given: sales and money of a period as balanced entries and as a ledger.

We keep no accounts. Entries are derived from issued documents and payments, in the accounts that the company chose, and
handed over in the layout of the FEC (LPF art. A47 A-1, checked 2026-11), which every accounting program reads. The FEC
itself is that program's duty. [F-01, F-02]
"""
