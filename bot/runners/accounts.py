"""Channels as their connectors see them: secrets read, the address of their hook known."""

from collections.abc import Callable
from dataclasses import dataclass

from bot import errors
from bot.connectors.base import Account, Forgetful, Vault
from bot.settings import ChannelSettings
from bot.store.channels import ChannelRow


@dataclass(frozen=True, slots=True)
class Accounts:
    """`secret` reads an environment variable, `public_url` is where networks find this desk, `vault` keeps for a channel."""

    secret: Callable[[str], str | None]
    public_url: str
    is_private_allowed: bool
    vault: Callable[[int], Vault] | None = None

    def of(self, wanted: ChannelRow | ChannelSettings) -> Account:
        """The account of a channel, of the database or as yet only of the file. Raises Invalid when a secret is missing."""
        secrets = {}
        for name, variable in wanted.secrets.items():
            value = self.secret(variable)
            if value is None:
                raise errors.Invalid(f"The environment variable {variable} is not set.", field=name)
            secrets[name] = value
        return Account(
            name=wanted.name,
            network=wanted.network,
            base_url=wanted.base_url,
            options=wanted.options,
            secrets=secrets,
            hook_url=f"{self.public_url.rstrip('/')}/hooks/{wanted.name}",
            is_private_network_allowed=self.is_private_allowed,
            vault=self.vault(wanted.id) if self.vault and isinstance(wanted, ChannelRow) else Forgetful(),
        )
