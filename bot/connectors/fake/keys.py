"""What travels with the fake network's application and its requests."""

from aiohttp import web

from bot.connectors.fake.network import FakeAccount, FakeNetwork
from bot.connectors.fake.push import Pushers

NETWORK: web.AppKey[FakeNetwork] = web.AppKey("network", FakeNetwork)
PUSHERS: web.AppKey[Pushers] = web.AppKey("pushers", Pushers)
ACCOUNT: web.RequestKey[FakeAccount] = web.RequestKey("account", FakeAccount)
