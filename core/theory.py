"""Closed forms: what theory knows about a run before it is run.

On a quadratic, each eigenvalue λ of the Hessian is a problem of its own: f = λx²/2, whose gradient is λx. There a
linear method is a matrix that takes (x, state) to the next (x, state), and everything follows from its eigenvalues:
where one of them leaves the unit circle the method is unstable, and the largest of them is its rate.
Elsewhere the same holds nearby, with the Hessian at the point, for as long as the point stays near.
B. T. Polyak, Introduction to Optimization, 1987, ch. 2 and 3; L. Lessard, B. Recht, A. Packard, Analysis and Design of
Optimization Algorithms via Integral Quadratic Constraints, 2016; J. Cohen et al., Gradient Descent on Neural Networks
Typically Occurs at the Edge of Stability, 2021.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np

from core.curvature import curvatures, eigenvalues, hessian
from core.engine.descend import Run
from core.spec import Optimizer, Point, Surface

EDGE = 1e-9  # share of a bound within which a product stands at it: rates are typed with fewer digits
LATER = 2.0  # the number of an update after the first, which some methods treat apart


def iteration(optimizer: Optimizer, hypers: Mapping[str, float], curvature: float) -> np.ndarray:
    """The matrix (1 + slots, 1 + slots) of one update of a linear method on f = λx²/2: (x, state) -> the next.

    Its columns are what `update` makes of the unit vectors.
    """
    own = [hypers[h.name] for h in optimizer.hypers]
    units = np.eye(1 + len(optimizer.state)).tolist()
    return np.array([optimizer.update(x, curvature * x, LATER, *state, *own) for x, *state in units]).T


def rate(optimizer: Optimizer, hypers: Mapping[str, float], curvature: float) -> float:
    """By which factor a step of a linear method multiplies the error along a curvature λ, in the long run.

    The spectral radius of `iteration`: |1 - lr·λ| of gradient descent; for the heavy ball the larger root of
    z² - (1 + β - lr·λ) z + β, which is √β where the roots are complex. 1 and more: it does not settle.
    """
    return float(np.abs(np.linalg.eigvals(iteration(optimizer, hypers, curvature))).max())


def classic_nesterov(low: float, high: float) -> dict[str, float]:
    """Nesterov's own constant tuning, for every function whose curvatures lie between `low` and `high`.

    lr = 1/L, β = (√κ - 1)/(√κ + 1) with κ = L/μ; on a quadratic its rate is 1 - 1/√κ. On quadratics alone `best`
    knows a faster one. Y. Nesterov, Introductory Lectures on Convex Optimization, 2004, section 2.2.
    """
    root = sqrt(high / low)
    return {"lr": 1 / high, "momentum": (root - 1) / (root + 1)}


@dataclass(frozen=True)
class Tuning:
    """Hyperparameters by name, and the factor by which they shrink the error per step in the long run."""

    hypers: Mapping[str, float]
    rate: float


def best(optimizer: Optimizer, low: float, high: float) -> Tuning:
    """The fastest hyperparameters of a linear method on a quadratic with curvatures 0 < `low` <= `high`.

    With κ = high/low: gradient descent gets to the rate (κ - 1)/(κ + 1), Nesterov's method to 1 - 2/√(3κ + 1), the
    heavy ball to (√κ - 1)/(√κ + 1), which no method that sees only gradients can beat in the long run. At the optimum
    two eigenvalues coincide, so that the error falls like t·rateᵗ. Raises ValueError for a method with no such optimum known,
    or curvatures that are not positive and in order.
    """
    tuned = optimizer.stability and optimizer.stability.best
    if not tuned:
        raise ValueError(f"best: no optimal tuning is known for {optimizer.name}")
    if not 0 < low <= high:
        raise ValueError(f"best: expected curvatures 0 < low <= high, got {low!r} and {high!r}")
    hypers = {**dict.fromkeys(optimizer.defaults, 0.0), **tuned(low, high)}
    return Tuning(hypers, max(rate(optimizer, hypers, curvature) for curvature in (low, high)))


def bound(optimizer: Optimizer, hypers: Mapping[str, float]) -> float | None:
    """The largest stable lr·λ: 2 for gradient descent, 2(1+β) for the heavy ball, 2(1+β)/(1+2β) for Nesterov.

    There an eigenvalue of `iteration` passes -1. The mean of gradients that Adam follows, v = βv + (1-β)g, is the heavy
    ball with dampening β and stable up to 2(1+β)/(1-β), 38 for β = 0.9; Adam's λ is a curvature divided as its gradients
    are (J. Cohen et al., Adaptive Gradient Methods at the Edge of Stability, 2022). None where no limit is known.
    """
    known = optimizer.stability
    if known is None or not _decays_in_gradient(optimizer, hypers):
        return None
    return float(known.bound(**{name: value for name, value in hypers.items() if name != "lr"}))


def _decays_in_gradient(optimizer: Optimizer, hypers: Mapping[str, float]) -> bool:
    """Whether weight decay is part of the gradient, and so adds itself to every curvature. Keras applies it outside."""
    decay = hypers.get("weight_decay", 0.0)

    def step(gradient: float, decay: float) -> tuple[float, ...]:
        own = {**hypers, "weight_decay": decay}
        state = [0.0] * len(optimizer.state)
        return optimizer.update(1.0, gradient, LATER, *state, *(own[h.name] for h in optimizer.hypers))

    return not decay or bool(np.allclose(step(0.0, decay), step(decay, 0.0)))


def limit(optimizer: Optimizer, hypers: Mapping[str, float], curvature: float) -> float | None:
    """The largest stable learning rate at a positive curvature. Weight decay adds itself to every curvature."""
    largest = bound(optimizer, hypers)
    return largest and largest / (curvature + hypers.get("weight_decay", 0.0))


def tension(surface: Surface, optimizer: Optimizer, hypers: Mapping[str, float], run: Run) -> np.ndarray | None:
    """lr·λmax at every point that a step starts from, as a share of its bound: (..., steps).

    Below 1 an error there would shrink, above 1 it grows. 1 is the edge of stability, where the sharpness of gradient
    descent is 2/lr. Of a method that divides its gradients, λmax is that of the Hessian divided alike, and the run
    has to hold its state. nan where the point is not finite; None where no limit is known.
    """
    largest, known = bound(optimizer, hypers), optimizer.stability
    if largest is None or known is None:
        return None
    x, y = run.x[..., :-1, 0], run.x[..., :-1, 1]
    bend = hessian(surface, x, y) + hypers.get("weight_decay", 0.0) * np.eye(2)
    if known.divisor:
        state = {name: rows[..., 1:, :] for name, rows in run.state.items()}
        root = np.sqrt(known.divisor(t=np.arange(1.0, x.shape[-1] + 1)[:, None], **state, **hypers))
        bend = bend / (root[..., :, None] * root[..., None, :])  # D^-½ H D^-½ has the eigenvalues of D⁻¹ H
    shares: np.ndarray = run.lr * eigenvalues(bend)[..., 1] / largest
    return shares


@dataclass(frozen=True)
class StabilityCheck:
    """lr · λmax of a run on a quadratic against the bound of its method.

    product: lr · λmax, weight decay included. bound: the largest stable product. formula: the bound, as it is written.
    """

    product: float
    bound: float
    formula: str

    @property
    def stable(self) -> bool:
        """Whether it stays below the bound. At the bound itself a run neither comes nor goes."""
        return self.product < self.bound and not self.at_edge

    @property
    def at_edge(self) -> bool:
        """Whether it lies at the bound, but for rounding."""
        return abs(self.product - self.bound) <= EDGE * self.bound


def stability(surface: Surface, optimizer: Optimizer, hypers: Mapping[str, float], lr: float) -> StabilityCheck | None:
    """Whether a linear method at the rate `lr` is stable on a quadratic.

    None where theory has no such bound: the surface is not quadratic or has no minimum, or the method divides by
    its gradients.
    """
    if not surface.quadratic or surface.unbounded:
        return None
    return stability_at(surface, optimizer, hypers, lr, surface.centre)


def stability_at(
    surface: Surface, optimizer: Optimizer, hypers: Mapping[str, float], lr: float, point: Point
) -> StabilityCheck | None:
    """Whether a linear method at the rate `lr` would be stable on the quadratic that fits the surface at a point."""
    largest, known = bound(optimizer, hypers), optimizer.stability
    if largest is None or known is None or known.divisor:
        return None
    product = lr * (float(curvatures(surface, *point)[1]) + hypers.get("weight_decay", 0.0))
    return StabilityCheck(product, largest, written_bound(optimizer, hypers))


def written_bound(optimizer: Optimizer, hypers: Mapping[str, float]) -> str:
    """The bound in symbols. A divisor that changes nothing is not written."""
    formula = optimizer.stability.formula if optimizer.stability else ""
    for hyper in optimizer.hypers:
        if bound(optimizer, {**hypers, hyper.name: 0.0}) == bound(optimizer, hypers):
            formula = formula.replace(f"/(1−{hyper.symbol})", "")
    return formula


def growth(distances: np.ndarray, window: int = 20) -> float:
    """Factor by which a distance grows per step over the last `window` finite steps: a geometric mean.

    distances: (steps+1,). 1.0 where there are fewer than two finite positive values.
    """
    known = distances[np.isfinite(distances) & (distances > 0)]
    if known.size < 2:
        return 1.0
    known = known[-(window + 1) :]
    return float(np.exp((np.log(known[-1]) - np.log(known[0])) / (known.size - 1)))
