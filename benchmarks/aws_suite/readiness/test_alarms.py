"""Alarms of the accounts: on, and heard."""

import pytest

from pytest_orr import at_least_one


@pytest.mark.orr(
    "account.cloudwatch.alarm-actions-enabled",
    severity="major",
    phase="launch",
    owner="platform",
    question="Which alarms are off, and since when?",
    evidence="table",
    valid_for=90,
)
def test_every_alarm_is_on(account_alarms, subject):
    """Every alarm does something when it rings.

    Why: One that is switched off is forgotten.

    Fix: Switch its actions on, or remove it.
    """
    for alarm in at_least_one(account_alarms, "alarm"):
        with subject(alarm.arn):
            assert alarm.is_on, "its actions are off"


@pytest.mark.orr(
    "account.cloudwatch.alarm-actions-alarm-state-configured",
    severity="major",
    phase="launch",
    owner="platform",
    question="Who hears each alarm?",
    evidence="table",
    valid_for=90,
)
def test_every_alarm_tells_somebody(account_alarms, subject):
    """Every alarm tells somebody.

    Why: Nobody comes to one that nobody hears.

    Fix: Give it a topic on which people are.
    """
    for alarm in at_least_one(account_alarms, "alarm"):
        with subject(alarm.arn):
            assert alarm.tells, "it tells nobody"
