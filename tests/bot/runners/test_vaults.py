"""What a connector writes into its vault is there for the process that comes after."""

from bot.runners.vaults import Vault
from bot.store import channels
from bot.store.database import Database


async def test_a_credential_outlives_its_process(database: Database) -> None:
    """The last value written is read by another vault of the same channel, and by none of another."""
    one = await database.write(lambda tx: channels.save(tx, name="one", title="One", network="fake"))
    two = await database.write(lambda tx: channels.save(tx, name="two", title="Two", network="fake"))
    await Vault(database, one).write("token", "first")
    await Vault(database, one).write("token", "second")
    assert await Vault(database, one).read("token") == "second"
    assert await Vault(database, two).read("token") == ""
    assert await Vault(database, one).read("other") == ""
