"""Music to train an ear on: club music from our own generator, piano scores played with expression."""
