"""Which rules of analysers say that a password is hashed by something fast, or by nothing slow.

Bandit: B303 and B324 (MD5, SHA-1). CodeQL: ``…/weak-sensitive-data-hashing`` and
``…/insufficient-password-hash``. Semgrep: ``md5-used-as-password`` and its like. gosec: G401, G501
and G505. CWE: 916 (too little computational effort), 328 and 327 with a hash.
"""

import re

RULES = re.compile(
    r"""\b(
        B303 | B324 | G401 | G501 | G505
        | CWE-?916 | CWE-?328
    )\b
    | weak-sensitive-data-hashing | insufficient-password-hash | used-as-password
    | password-hash-with-(?:insufficient|fast) | weak-?hash | insecure-?hash
    | (?:hash(?:lib|es)?[-.:/_ ]+)?(?:insecure-)?(?:md4|md5|sha-?1)\b
    """,
    re.VERBOSE | re.IGNORECASE,
)


def is_about_fast_hashes(rule: str) -> bool:
    """Tell whether a rule is about hashes that passwords must not be under."""
    return RULES.search(rule) is not None
