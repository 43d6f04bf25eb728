"""Questions to the world, answered by frozen facts or by one honest reason why not."""
