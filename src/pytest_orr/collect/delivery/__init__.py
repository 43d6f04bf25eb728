"""How a commit became what users get, as the forge and the repository tell it."""
