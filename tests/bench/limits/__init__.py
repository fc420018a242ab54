"""The least that could do the same work on this machine, with nothing around it. What the product is measured against."""
