"""What every answer says to the browser about safety. Added as an answer begins, so that streams and errors have it too."""

from aiohttp import hdrs, web

from inbox.origins import SENDER

_POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types comptoir",
)
CONTENT_SECURITY_POLICY = "; ".join(_POLICY)
ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"
FOR_MACHINES = ("/hooks/",)


async def add(request: web.Request, response: web.StreamResponse) -> None:
    """Called by aiohttp before the first byte of any answer (`on_response_prepare`)."""
    headers = response.headers
    headers.pop(hdrs.SERVER, None)  # what we are made of concerns nobody
    if request.path.startswith(FOR_MACHINES):
        headers["X-Content-Type-Options"] = "nosniff"
        return
    for name, value in ALWAYS.items():
        headers.setdefault(name, value)
    sender = request.get(SENDER)
    if request.secure if sender is None else sender.scheme == "https":
        headers["Strict-Transport-Security"] = STRICT_TRANSPORT
    if not request.path.startswith("/static/"):
        headers.setdefault("Cache-Control", "no-store")
