"""Does a signature hold, by the key inside it? Whose that key is, ``signers`` tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.ssh_keys.parts import parts_of
from pytest_orr.ssh_keys.weakness import weakness

from .refusal import Refused
from .sshsig import signed_data

if TYPE_CHECKING:
    from .sshsig import Blob


def check(
    blob: Blob, *, namespace: str, message: bytes, touch: bool, key: bytes | None = None
) -> None:
    """Refuse a signature that is not over ``message``, for ``namespace``, by the key inside it.

    ``touch`` asks of a security key that somebody touched it. ``key`` is the plain key of a blob
    that holds a certificate. Raises ``Refused``.
    """
    from pytest_orr.ssh_keys.verification import (  # noqa: PLC0415 most runs verify nothing
        DoesNotHold,
        NotTouched,
        verify,
    )

    if blob.namespace != namespace:
        found = ascii(blob.namespace)[:80]
        raise Refused("signature-namespace", f"it was made for {found}, not for {namespace}")
    public_key = blob.public_key if key is None else key
    if weak := weakness(public_key):
        raise Refused("key-weak", f"the key of a signature must not be trusted: {weak}")
    data = signed_data(namespace, blob.hash, message)
    try:
        verify(parts_of(public_key), blob.signature, data, touch=touch)
    except NotTouched as error:
        raise Refused("signature-untouched", str(error)) from error
    except DoesNotHold as error:
        raise Refused("signature-invalid", str(error)) from error
    except ValueError as error:
        raise Refused("signature-form", f"a signature is malformed: {error}") from error
