"""`comptoir serve`: the desk itself."""

from inbox import serving
from inbox.commands import common


def main(arguments: list[str]) -> int:
    parser = common.parser("serve", "Run the desk until it is stopped (Ctrl+C or SIGTERM).")
    shapes = ("all", "web", "listen", "work")
    parser.add_argument("--run", choices=shapes, default="all", help="which part (others than all: PostgreSQL)")
    parser.add_argument("--host", help="address to listen on")
    parser.add_argument("--port", type=int, help="port to listen on; 0 picks a free one")
    given = parser.parse_args(arguments)
    return common.told(lambda: serving.run(common.read(given, host=given.host, port=given.port), given.run))
