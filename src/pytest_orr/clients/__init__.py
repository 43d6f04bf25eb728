"""Sessions with no opinions: AWS behind a read-only guard, HTTP, SSH, forges."""
