"""The sample company in a cloud that is kept up: played once, when the cloud is new."""

from __future__ import annotations

from collections.abc import Callable

from local import demo
from local.cloud import Cloud
from local.demo_input import sample


class Sample:
    """Plays the quarter of the demo; `say` is told how far it is, a line at a time."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._play, self._say = sample(), say
        self.at = demo.beginning(self._play)

    def __call__(self, cloud: Cloud) -> None:
        self._say(f"{self._play.title}: a quarter is played, once; --empty begins without it")
        demo.run(cloud, self._play, lambda text, done, of: self._say(f"  {100 * done // of:3} %  {text}"))
