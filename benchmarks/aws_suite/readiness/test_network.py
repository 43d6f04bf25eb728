"""Network of the accounts: what the internet reaches, and through which door."""

import pytest

from pytest_orr import at_least_one


@pytest.mark.orr(
    "account.ec2.securitygroup-allow-ingress-from-internet-to-tcp-port-22",
    severity="blocker",
    phase="launch",
    owner="security",
    question="Which groups open port 22, and to whom?",
    evidence="table",
    valid_for=90,
)
def test_no_group_opens_ssh_to_the_internet(account_groups, subject):
    """No security group lets the whole internet in by SSH.

    Why: A login that everybody can try is tried.

    Fix: Let the jump host's addresses alone reach port 22.
    """
    for group in at_least_one(account_groups, "security group"):
        with subject(group.arn, saw=group.seen):
            assert not group.lets_in(22), "everybody can reach its port 22"


@pytest.mark.orr(
    "account.ec2.securitygroup-allow-ingress-from-internet-to-any-port",
    severity="blocker",
    phase="launch",
    owner="security",
    question="Which groups are open to everybody, and why?",
    evidence="table",
    valid_for=90,
)
def test_no_group_in_use_is_open_to_the_internet(account_groups, subject):
    """No security group that a machine has lets the whole internet in.

    Why: What is open is found within hours.

    Fix: Name the sources that need it; put the rest behind a balancer.
    """
    for group in at_least_one(account_groups, "security group"):
        with subject(group.arn, saw=group.seen):
            assert not (group.is_used and group.openings), "it is in use and open to everybody"


@pytest.mark.orr(
    "account.ec2.instance-public-ip",
    severity="major",
    phase="launch",
    owner="platform",
    question="Which machines have public addresses, and why?",
    evidence="table",
    valid_for=90,
)
def test_no_machine_has_a_public_address(account_machines, subject):
    """No machine has a public address.

    Why: What has no public address cannot be reached past the balancer.

    Fix: Put machines into private subnets.
    """
    for machine in at_least_one(account_machines, "machine"):
        with subject(machine.arn, saw=machine.seen):
            assert not machine.public_address, "it has a public address"


@pytest.mark.orr(
    "account.ec2.instance-imdsv2-enabled",
    severity="major",
    phase="launch",
    owner="security",
    question="Which machines still serve metadata without a token?",
    evidence="table",
    valid_for=90,
)
def test_machines_hand_out_credentials_for_tokens_alone(account_machines, subject):
    """Every machine asks for a token before it hands out its credentials.

    Why: Without it, one forged request from inside gives the machine's role away.

    Fix: Require metadata tokens, or switch the metadata off.
    """
    for machine in at_least_one(account_machines, "machine"):
        with subject(machine.arn, saw=machine.seen):
            assert machine.metadata in {"off", "required"}, (
                "it hands out credentials without a token"
            )
