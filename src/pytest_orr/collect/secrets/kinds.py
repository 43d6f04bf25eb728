"""Which detectors of secret scanners are about service accounts of databases and clouds.

Scanners name the same thing differently: GitGuardian ``postgresql_credentials``, GitHub
``postgres_connection_string``, gitleaks ``gcp-service-account``, detect-secrets ``AWS Access Key``.
A name is taken apart into words; one that begins with a word of a kind, or has all words of a
phrase, is of that kind. ``docs/scans.md`` shows the table.
"""

import re
from types import MappingProxyType
from typing import Literal

Kind = Literal["", "database", "cloud"]

WORDS = MappingProxyType(
    {
        "database": (
            *("postgres", "mysql", "mariadb", "mongo", "redis", "mssql", "sqlserver", "oracle"),
            *("cassandra", "couch", "cloudant", "elastic", "opensearch", "clickhouse", "neo4j"),
            *("snowflake", "databricks", "planetscale", "supabase", "firebase", "firestore"),
            *("influx", "cockroach", "neon", "rabbitmq", "jdbc", "odbc", "database", "db"),
        ),
        "cloud": (
            *("aws", "amazon", "azure", "gcp", "alibaba", "aliyun", "digitalocean", "hetzner"),
            *("linode", "scaleway", "vultr", "ovh", "exoscale", "softlayer", "heroku", "ibm"),
        ),
    }
)
PHRASES = MappingProxyType(
    {
        "database": ("connection string", "connection uri", "sql server", "basic auth"),
        "cloud": (
            *("service account", "google cloud", "google api", "google oauth", "private key"),
            *("tencent cloud", "cloud provider", "oci key"),
        ),
    }
)
"""``basic auth`` is how detect-secrets sees a URL with a password, as that of a database is, and a
service account's file of Google is seen by its private key."""
CATEGORIES = MappingProxyType({"data_storage": "database", "cloud_provider": "cloud"})
"""Of GitGuardian's detectors."""


def kind_of(detector: str, category: str = "") -> Kind:
    """Return what kind of service account a detector is about; empty if about none."""
    words = re.sub(r"[^a-z0-9]+", " ", detector.lower()).split()
    text = f" {' '.join(words)} "
    kinds: tuple[Literal["database", "cloud"], ...] = ("database", "cloud")
    for kind in kinds:
        if CATEGORIES.get(category) == kind:
            return kind
        if any(word.startswith(WORDS[kind]) for word in words):
            return kind
        if any(f" {phrase}" in text for phrase in PHRASES[kind]):
            return kind
    return ""
