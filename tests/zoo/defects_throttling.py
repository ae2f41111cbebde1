"""Defects of a server that throttles."""

from __future__ import annotations

from tests.zoo.api import Zoo
from tests.zoo.catalogue import defect
from tests.zoo.messages import Answer, Request
from tests.zoo.variants_http import Throttling


@defect("http")
class SlowedPosts(Throttling):
    """What is refused with 429 is carried out all the same."""

    def slowed(self, request: Request) -> Answer:
        Zoo.handle(self, request)
        return super().slowed(request)
