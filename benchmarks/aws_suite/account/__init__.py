"""Facts about whole AWS accounts, for the items of this suite: one collector a noun."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .alarms import Alarms
from .balancers import Balancers, Fronts
from .buckets import AccountBlocks, Buckets, BucketVersions
from .databases import Databases
from .groups import Groups
from .keys import Certificates, Keys
from .machines import Machines
from .people import Logins, PasswordPolicies
from .web_acls import GuardedBalancers, WebAcls

if TYPE_CHECKING:
    from pytest_orr.collect.interface import Collector


def collectors() -> tuple[Collector[Any], ...]:
    """Return all of them."""
    return (
        AccountBlocks(),
        Alarms(),
        Balancers(),
        BucketVersions(),
        Buckets(),
        Certificates(),
        Databases(),
        Fronts(),
        Groups(),
        GuardedBalancers(),
        Keys(),
        Logins(),
        Machines(),
        PasswordPolicies(),
        WebAcls(),
    )
