"""The one Locust file of all load tests: `launchready load` runs it, with journeys that come through a pipe.

It lies in a folder of its own because Locust puts that folder on the import path.
"""

from __future__ import annotations

import locust.runners
from locust import events
from locust.env import Environment

from launchready_tui.load.generator import pipes
from launchready_tui.load.generator.control import REPORT_S, Control
from launchready_tui.load.generator.pinning import pin
from launchready_tui.load.generator.sessions import Traffic
from launchready_tui.load.generator.shape import shape_class
from launchready_tui.load.generator.tally import Tally
from launchready_tui.load.generator.users import Schedule, sender_class

locust.runners.WORKER_REPORT_INTERVAL = REPORT_S
locust.runners.MASTER_HEARTBEAT_TIMEOUT = 5  # a worker without its master stops within seconds, not after a minute

_control_pipe, _lifeline = pipes.descriptor(pipes.CONTROL), pipes.descriptor(pipes.LIFELINE)
_order = pipes.read_order(_control_pipe)
_script = _order.script
pin(_script.targets)
_traffic = Traffic(_script, _order.secrets, Tally("local", _script.journeys))
_traffic.agree(_script)
_schedule = Schedule(_traffic)
_controls: list[Control] = []


def _begin(environment: Environment, **_: object) -> None:
    _controls.append(Control(environment, _traffic, _schedule))
    _controls[0].begin(_control_pipe, _lifeline)


events.init.add_listener(_begin)  # type: ignore[no-untyped-call]
Sender = sender_class(_traffic, _schedule)
Phases = shape_class(_script, lambda: _controls[0])
