"""The scorecard: figures beside what was aimed at, and beside the period before."""

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from kmkit.learn.metrics.figures import Figure
from kmkit.learn.metrics.table import BY_NAME, STANDING, Metric, measured
from kmkit.learn.metrics.world import World


class Line(NamedTuple):
    """One figure of the scorecard."""

    metric: Metric
    figure: Figure
    before: Figure
    """Of the period of the same length before; without a value where that cannot be told."""
    target: float | None
    """What was aimed at, in the figure's unit; None for nothing."""

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None without a target, a value or a better way."""
        if self.target is None or self.figure.value is None or not self.metric.better:
            return None
        if self.metric.better == "up":
            return self.figure.value >= self.target
        return self.figure.value <= self.target

    @property
    def change(self) -> float | None:
        """How much the value has grown since the period before."""
        if self.figure.value is None or self.before.value is None:
            return None
        return self.figure.value - self.before.value


def scorecard(world: World, targets: Mapping[str, float]) -> list[Line]:
    """Every figure of the period; ``targets`` by metric, or by 'metric:detail'."""
    length = (world.until - world.since).days + 1
    earlier = world.over(world.since - timedelta(days=length), world.since - timedelta(days=1))
    past = {
        (figure.metric, figure.detail): figure for figure in measured(earlier) if _dated(figure)
    }
    return [
        Line(
            BY_NAME[figure.metric],
            figure,
            past.get(
                (figure.metric, figure.detail), figure._replace(value=None, part=(), whole=())
            ),
            target_of(figure, targets),
        )
        for figure in measured(world)
    ]


def _dated(figure: Figure) -> bool:
    """Whether a figure is of its period, and not of things as they stand today."""
    return figure.metric not in STANDING


def target_of(figure: Figure, targets: Mapping[str, float]) -> float | None:
    """What was aimed at for this figure; a target of a whole metric is not one of its parts."""
    return targets.get(f"{figure.metric}:{figure.detail}" if figure.detail else figure.metric)
