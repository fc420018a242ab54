"""Pages go over the wire compressed, where that gives nothing away.

What is compressed together tells by its length whether two parts of it are alike. A page holds its session's form token and
contacts' words, so one that repeats what its address asked (a search, a filter), or what a form sent, goes as it is: nobody can
then try words and watch lengths. Another site's requests bring no cookie, unless they open a page to be looked at; and the token
alone opens no door, because what changes something must also come from our own pages, on the browser's word (`origins`).
The live stream is never compressed: its bytes are shared, and must leave at once.
"""

from aiohttp import hdrs, web

SMALLEST = 1024  # bytes; below that the packing weighs as much as it saves


def packed(request: web.Request, response: web.Response) -> web.Response:
    """The same page, compressed if the browser takes it so and the page repeats nothing."""
    size = len(response.body) if isinstance(response.body, bytes) else 0
    is_page = request.method == hdrs.METH_GET and response.status == 200 and not request.query_string
    if is_page and size >= SMALLEST:
        response.headers.add(hdrs.VARY, hdrs.ACCEPT_ENCODING)
        if "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
            response.enable_compression(web.ContentCoding.gzip)
    return response
