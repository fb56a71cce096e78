// Up to which learning rate a linear method is stable, from the bound that its record declares: see core/theory.py.
import { modifiers, optimizers } from "./formulas.js";

/**
 * The largest stable rate of a runner on a quadratic that bends as the ground does at a point.
 *
 * null where no bound is declared, where the point is put elsewhere after an update, or where nothing bends upwards. Weight decay adds itself to every curvature.
 */
export function limitOf({ optimizer, dialect, hypers, modifiers: around = {} }, ground, [x, y]) {
  const { bound, bounded, hypers: defaults } = { ...optimizers[optimizer], ...optimizers[optimizer].dialects?.[dialect] };
  if (!bound || Object.keys(around).some((key) => modifiers[key].after)) return null;
  const own = { ...defaults, ...hypers };
  const [p, q, r] = ground.bend(x, y);
  const curvature = (p + r) / 2 + Math.hypot((p - r) / 2, q);
  return curvature > 0 ? bound(...bounded.map((name) => own[name])) / (curvature + (own.weight_decay ?? 0)) : null;
}

/** Of a ground's minima the one nearest to a point; nothing where there is none. */
export function nearestOf({ minima }, [x, y]) {
  const far = ([u, v]) => Math.hypot(u - x, v - y);
  return minima.reduce((best, point) => (best && far(best) <= far(point) ? best : point), undefined);
}
