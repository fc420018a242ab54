"""Forms that carry files: what one library writes by hand, another reads; no name can break out of its place."""

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.connectors import multipart


async def test_what_is_written_is_read() -> None:
    """Fields and files arrive byte for byte, whatever stands in them and in their names."""
    body, name = bytes(range(256)) + b"\r\n--\r\n", 'a"; filename="b\r\nx: y.pdf'
    held = multipart.Part("file", name, "application/pdf", body)
    kind, form = multipart.written({"platform": "ç été", "empty": ""}, held)
    told: dict[str, object] = {}

    async def answer(request: web.Request) -> web.Response:
        read = await request.post()
        file = read["file"]
        assert isinstance(file, web.FileField)
        told.update({key: value for key, value in read.items() if key != "file"})
        told["file"] = (file.content_type, file.file.read(), "\n" in file.filename)
        return web.Response()

    app = web.Application()
    app.router.add_post("/", answer)
    async with TestClient(TestServer(app)) as client:
        await client.post("/", data=form, headers={"Content-Type": kind})

    assert told == {"platform": "ç été", "empty": "", "file": ("application/pdf", body, False)}


@pytest.mark.parametrize(
    ("name", "plain"),
    [("Relevé d’août.pdf", "Releve daout.pdf"), ("写真.jpg", "file.jpg"), ("été", "ete"), ("", "file"), ("..", "..")],
)
def test_plain_names(name: str, plain: str) -> None:
    """A file's name keeps its ending, and what of its letters every network takes."""
    assert multipart.plain(name) == plain
