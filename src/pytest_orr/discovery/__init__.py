"""Discovery: what an account shows by a tag, proposed as a profile for a person to accept."""
