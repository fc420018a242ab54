"""How far we have heard: the newest posts that are committed, and the place in the log of direct messages.

Notifications have no "since": they are read from the newest backwards, until what is known. They are sorted by the time that
their author claims, as long as that lies in the past; so one may appear below others that came before it. Therefore what is
known is a list of posts, not one time, and a look reaches back beyond the newest of them.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

# At the first connection, words older than this are left to those who have answered them elsewhere.
FIRST_LOOK = timedelta(days=1)
# So far may a telephone's clock be behind, or a post have waited for a connection.
OVERLAP = timedelta(hours=1)
# What is remembered is looked at again, for deletions: so many posts, for so long.
MOST_POSTS = 100
REMEMBERED = timedelta(days=2)


class Post(msgspec.Struct, frozen=True, array_like=True):
    """A notification that is known: when it stands in the list, its address without `at://`, the end of its content's hash."""

    at: datetime
    key: str
    version: str


class Cursor(msgspec.Struct, frozen=True, omit_defaults=True):
    """`log` is the place in the log of direct messages; empty when it was never read."""

    posts: tuple[Post, ...] = ()
    log: str = ""

    def __str__(self) -> str:
        return msgspec.json.encode(self).decode()

    def knowing(self, posts: Iterable[Post], now: datetime) -> "Cursor":
        """With these posts besides, without those that are too many or too old. The last one always stays."""
        known = {post.key: post for post in (*self.posts, *posts)}
        kept = sorted(known.values(), key=lambda post: post.at)[-MOST_POSTS:]
        fresh = tuple(post for post in kept if now - post.at < REMEMBERED)
        return msgspec.structs.replace(self, posts=fresh or tuple(kept[-1:]))

    def floor(self, now: datetime) -> datetime:
        """What is older than this is known, or none of ours."""
        if not self.posts:
            return now - FIRST_LOOK
        floor = self.posts[-1].at - OVERLAP
        return max(floor, self.posts[0].at) if len(self.posts) == MOST_POSTS else floor


def read(text: str | None) -> Cursor:
    """The cursor that `str` wrote; a fresh one for anything else."""
    try:
        return msgspec.json.decode(text or "{}", type=Cursor)
    except msgspec.DecodeError:
        return Cursor()
