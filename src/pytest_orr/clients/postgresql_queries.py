"""Everything that PostgreSQL is ever asked: constant questions about roles, owners and grants.

They read the catalogues alone, by their full names, and no row of anybody's tables. What lists by
objects is counted on the server and shows three of them, so that an answer grows with roles.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import LiteralString

SERVER: LiteralString = """SELECT
    current_setting('server_version') AS version,
    current_setting('server_version_num')::integer AS number,
    current_setting('transaction_read_only') AS read_only,
    current_database()::text AS database,
    session_user::text AS login
"""
ROLES: LiteralString = """SELECT
    oid, rolname::text AS name, rolsuper AS is_superuser, rolcreaterole AS creates_roles,
    rolbypassrls AS bypasses_row_security, rolcanlogin AS can_log_in
FROM pg_catalog.pg_roles
"""
# Since PostgreSQL 16 a membership may give neither rights nor the role itself.
MEMBERSHIPS: LiteralString = """SELECT
    m.roleid AS role, m.member
FROM pg_catalog.pg_auth_members m
WHERE m.admin_option
    OR coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, true)
    OR coalesce((to_jsonb(m) ->> 'set_option')::boolean, true)
"""
# pg_settings may be updated by all: that sets a value for the session, as SET does.
RELATIONS: LiteralString = """SELECT
    a.grantee, a.privilege_type AS privilege, count(*) AS number,
    (array_agg(format('%I.%I', n.nspname, c.relname) ORDER BY n.nspname, c.relname))[1:3] AS names
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL aclexplode(c.relacl) a
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relpersistence <> 't'
    AND a.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER')
    AND a.grantee <> c.relowner AND c.oid <> 'pg_catalog.pg_settings'::regclass
GROUP BY a.grantee, a.privilege_type
"""
COLUMNS: LiteralString = """SELECT
    a.grantee, a.privilege_type AS privilege, count(*) AS number,
    (array_agg(format('%I.%I.%I', n.nspname, c.relname, t.attname)
        ORDER BY n.nspname, c.relname, t.attname))[1:3] AS names
FROM pg_catalog.pg_attribute t
JOIN pg_catalog.pg_class c ON c.oid = t.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL aclexplode(t.attacl) a
WHERE a.privilege_type IN ('INSERT', 'UPDATE') AND a.grantee <> c.relowner
GROUP BY a.grantee, a.privilege_type
"""
SCHEMAS: LiteralString = """SELECT
    n.oid, format('%I', n.nspname) AS name, n.nspowner AS owner, a.grantee,
    a.privilege_type AS privilege
FROM pg_catalog.pg_namespace n
CROSS JOIN LATERAL aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
WHERE n.nspname NOT LIKE 'pg\\_t%'
"""
DATABASE: LiteralString = """SELECT
    d.datdba AS owner, a.grantee, a.privilege_type AS privilege
FROM pg_catalog.pg_database d
CROSS JOIN LATERAL aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
WHERE d.datname = current_database()
"""
DEFAULTS: LiteralString = """SELECT
    a.grantee, d.defaclrole AS creator, a.privilege_type AS privilege
FROM pg_catalog.pg_default_acl d
CROSS JOIN LATERAL aclexplode(d.defaclacl) a
WHERE d.defaclobjtype IN ('r', 'S') AND a.grantee <> d.defaclrole
    AND a.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER')
"""
OWNED: LiteralString = """SELECT
    o.owner, o.kind, count(*) AS number, (array_agg(o.name ORDER BY o.name))[1:3] AS names
FROM (
    SELECT c.relowner AS owner, 'relations' AS kind, c.relnamespace AS schema,
        format('%I.%I', n.nspname, c.relname) AS name
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relpersistence <> 't'
    UNION ALL
    SELECT p.proowner, 'functions', p.pronamespace, format('%I.%I', n.nspname, p.proname)
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    UNION ALL
    SELECT n.nspowner, 'schemas', n.oid, format('%I', n.nspname) FROM pg_catalog.pg_namespace n
) o
JOIN pg_catalog.pg_namespace n ON n.oid = o.schema
WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
GROUP BY o.owner, o.kind
"""
DEFINERS: LiteralString = """SELECT
    format('%I.%I', n.nspname, p.proname) AS name, p.proowner AS owner, n.oid AS schema, a.grantee
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
WHERE p.prosecdef AND a.privilege_type = 'EXECUTE' AND a.grantee <> p.proowner
"""

QUERIES = MappingProxyType(
    {
        "server": SERVER,
        "roles": ROLES,
        "memberships": MEMBERSHIPS,
        "relations": RELATIONS,
        "columns": COLUMNS,
        "schemas": SCHEMAS,
        "database": DATABASE,
        "defaults": DEFAULTS,
        "owned": OWNED,
        "definers": DEFINERS,
    }
)
"""Every statement by the name under which its rows are handed on."""
