"""Client of Tidegate: `Client` speaks tidegate.v1 on asyncio; `Tidegate` is for back ends, over HTTP."""

from tidegate._client import Client
from tidegate._http import ApiError, Published, Tidegate
from tidegate._publish_queue import Ack
from tidegate._topic import Message, Presence, Subscription
from tidegate._wire import TidegateError

__all__ = ["Ack", "ApiError", "Client", "Message", "Presence", "Published", "Subscription", "Tidegate", "TidegateError"]
