"""A house whose channel is an account on one of Meta's networks, and Meta at its door: what it calls, and how it signs.

No server of Meta's can be had. What is played keeps to what Meta documents, with token, proof and signature.
"""

import json
from pathlib import Path
from typing import Any

import aiohttp

from tests.connectors.meta.far import VERIFY_TOKEN, MetaFar, signature
from tests.connectors.meta.graph_api import APP_SECRET, TOKEN
from tests.journeys.counter import built, settled
from tests.journeys.processes import House

SECRETS = {"token": TOKEN, "app_secret": APP_SECRET, "verify_token": VERIFY_TOKEN}


def metas_house(far: MetaFar, folder: Path, database_url: str, name: str, **options: str) -> House:
    """A bank with two agents, whose one channel of this name is the account of the far side. It looks back every second."""
    account = far.account(look_every="1", **options)
    told = ", ".join(f"{key} = {json.dumps(value)}" for key, value in account.options.items())
    secrets = ", ".join(f'{key} = "COMPTOIR_SECRET_{key.upper()}"' for key in SECRETS)
    written = (
        f'[[channel]]\nname = "{name}"\ntitle = "{far.network.title()}"\nnetwork = "{far.network}"\n'
        f'base_url = "{far.api.url}"\noptions = {{ {told} }}\nsecrets = {{ {secrets} }}\n'
    )
    environment = {f"COMPTOIR_SECRET_{key.upper()}": value for key, value in SECRETS.items()}
    return settled(built(folder, database_url, far.api.url), written, environment)


async def brings(address: str, name: str, told: dict[str, Any], secret: str = APP_SECRET) -> int:
    """Meta calls our door; what it is answered."""
    body = json.dumps(told).encode()
    headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature(body, secret)}
    url = f"{address}/hooks/{name}"
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
        return answer.status


async def looks(address: str, name: str) -> str:
    """Meta looks whether we are there, before it calls; what it hears."""
    query = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1158201444"}
    async with aiohttp.ClientSession() as session, session.get(f"{address}/hooks/{name}", params=query) as answer:
        return await answer.text()
