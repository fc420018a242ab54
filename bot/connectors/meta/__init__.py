"""What Meta's networks share: the way to the Graph and what its errors mean, the door for webhooks, the look back, the windows.

No network by itself: it has no manifest. Only the folders of Meta's networks import it, and it knows none of them.
"""
