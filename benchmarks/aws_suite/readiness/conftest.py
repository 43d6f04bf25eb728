"""What this service's items need besides the product's own facts."""

from account import collectors


def pytest_orr_collectors():
    """Bring the facts about whole accounts."""
    return collectors()
