"""The part of readiness.toml that is about credentials: whose they are, and how old they may be."""

from pydantic.dataclasses import dataclass

from .fields import CONFIG, AccessKeyId, Count, Days, RoleArn, SecretArn, Text, UserName


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Credential:
    """A credential of the service in one of its environments: never the secret itself."""

    name: Text
    """How pages name it."""
    environment: Text
    """The environment that uses it, production or testing, say."""
    secret: SecretArn | None = None
    """ARN of the secret in Secrets Manager that holds it."""
    role: RoleArn | None = None
    """ARN of the role that it is."""
    access_key: AccessKeyId | None = None
    """Id of the access key that it is; its secret is never asked for."""
    user: UserName | None = None
    """With access_key: name of the IAM user that it belongs to."""

    @property
    def identifier(self) -> str:
        """What it is known by in AWS: two credentials with the same one are the same."""
        return self.secret or self.role or self.access_key or ""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class CredentialLimits:
    """What credentials may look like."""

    oldest_access_key_days: Days = 90
    """Age at which an access key must have been replaced."""
    unused_access_key_days: Count = 30
    """Age at which an access key that nobody ever used must be gone."""
    key_used_within_days: Days = 7
    """When the service must last have used each KMS key."""
