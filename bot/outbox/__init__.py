"""The way out: `dispatcher` claims, sends and keeps the receipt; `limits` knows how fast each channel may go."""
