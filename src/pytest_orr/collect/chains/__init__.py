"""Facts about blockchains: contracts, and projects at providers of nodes."""
