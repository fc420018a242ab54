"""A module per resource; its functions are named after what the request does. No page imports another."""
