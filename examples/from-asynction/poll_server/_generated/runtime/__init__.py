"""What every asyncgen project runs on; the same in each of them."""
