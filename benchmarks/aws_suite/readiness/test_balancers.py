"""Balancers of the accounts: zones, listeners, TLS, and what stands before them."""

import pytest

from pytest_orr import at_least_one

SAFE_TLS = frozenset(
    {
        "ELBSecurityPolicy-FS-1-2-2019-08",
        "ELBSecurityPolicy-TLS-1-2-2017-01",
        "ELBSecurityPolicy-TLS-1-2-Ext-2018-06",
        "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
        "ELBSecurityPolicy-TLS13-1-3-2021-06",
    }
)


@pytest.mark.orr(
    "account.elbv2.listeners-underneath",
    severity="minor",
    phase="launch",
    owner="platform",
    question="Which balancers are not in use?",
    evidence="table",
    valid_for=90,
)
def test_every_balancer_listens(account_fronts, subject):
    """Every load balancer has a listener.

    Why: One without is forgotten, or half built.

    Fix: Give it a listener, or remove it.
    """
    for front in at_least_one(account_fronts, "balancer"):
        with subject(front.arn, saw=front.seen):
            assert front.listeners, "it has no listener"


@pytest.mark.orr(
    "account.elbv2.ssl-listeners",
    severity="blocker",
    phase="launch",
    owner="security",
    question="Which listeners serve HTTP, and why?",
    evidence="table",
    valid_for=90,
)
def test_no_balancer_serves_plain_http(account_fronts, subject):
    """No load balancer serves plain HTTP.

    Why: What users send over it can be read and changed.

    Fix: Let every HTTP listener redirect to HTTPS.
    """
    for front in at_least_one(account_fronts, "balancer"):
        with subject(front.arn, saw=front.seen):
            assert not front.answers_plainly, "a listener serves HTTP without a redirect"


@pytest.mark.orr(
    "account.elbv2.insecure-ssl-ciphers",
    severity="major",
    phase="launch",
    owner="security",
    question="Which TLS policies are in use?",
    evidence="table",
    valid_for=90,
)
def test_balancers_take_safe_tls_alone(account_fronts, subject):
    """Every HTTPS listener has a TLS policy without old protocols.

    Why: Old protocols can be broken, and clients be talked into them.

    Fix: Set a policy with TLS 1.2 or newer.
    """
    for front in at_least_one(account_fronts, "balancer"):
        with subject(front.arn, saw=front.seen):
            assert front.policies <= SAFE_TLS, "a listener takes old TLS"


@pytest.mark.orr(
    "account.elbv2.waf-acl-attached",
    severity="major",
    phase="launch",
    owner="security",
    question="Which balancers have no web ACL, and why?",
    evidence="table",
    valid_for=90,
)
def test_every_application_balancer_has_a_web_acl(
    account_balancers, account_guarded_balancers, subject
):
    """Every application load balancer has a web ACL before it.

    Why: Without it every request reaches the service.

    Fix: Associate a web ACL with it.
    """
    guarded = frozenset(account_guarded_balancers)
    for balancer in at_least_one(account_balancers, "balancer"):
        if balancer.kind == "application":
            with subject(balancer.arn, saw=balancer.seen):
                assert balancer.arn in guarded, "no web ACL is before it"


@pytest.mark.orr(
    "account.elbv2.is-in-multiple-az",
    severity="major",
    phase="launch",
    owner="platform",
    question="Which balancers stand in one zone?",
    evidence="table",
    valid_for=90,
)
def test_every_balancer_stands_in_several_zones(account_balancers, subject):
    """Every load balancer stands in several zones.

    Why: Zones fail, and a balancer in a single one fails with it.

    Fix: Give it subnets in at least two zones.
    """
    for balancer in at_least_one(account_balancers, "balancer"):
        with subject(balancer.arn, saw=balancer.seen):
            assert balancer.zones > 1, "it stands in a single zone"


@pytest.mark.orr(
    "account.elbv2.deletion-protection",
    severity="minor",
    phase="launch",
    owner="platform",
    question="Which balancers can be deleted by one command?",
    evidence="table",
    valid_for=90,
)
def test_no_balancer_can_be_deleted_by_mistake(account_balancers, subject):
    """Every load balancer is protected from being deleted.

    Why: One wrong command takes the service away.

    Fix: Switch deletion protection on.
    """
    for balancer in at_least_one(account_balancers, "balancer"):
        with subject(balancer.arn, saw=balancer.seen):
            assert balancer.is_kept, "its deletion protection is off"


@pytest.mark.orr(
    "account.wafv2.webacl-with-rules",
    severity="minor",
    phase="launch",
    owner="security",
    question="What does each web ACL stop?",
    evidence="table",
    valid_for=90,
)
def test_every_web_acl_has_rules(account_web_acls, subject):
    """Every web ACL has a rule.

    Why: One without stops nothing.

    Fix: Add rules, a rate limit first.
    """
    for acl in at_least_one(account_web_acls, "web ACL"):
        with subject(acl.arn, saw=acl.seen):
            assert acl.rules, "it has no rule"
