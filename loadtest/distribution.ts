/** A distribution as the scenario file writes it; times in seconds. */
export type Dist = SimpleDist | { readonly dist: 'mixture'; readonly of: readonly MixtureShare[] };

export interface SimpleDist {
  readonly dist: 'constant' | 'exponential' | 'lognormal' | 'gamma' | 'uniform';
  readonly mean: number;
  /** Standard deviation ÷ mean; constant and exponential ignore it. */
  readonly cv: number;
  /** Added to what was drawn. */
  readonly offset: number;
}

export type MixtureShare = Dist & { readonly share: number };

/** Keeps a quantile finite; a draw beyond it happens once in 10^12. */
const EDGE = 1e-12;

/**
 * The value below which a share `u` of all draws lies: one uniform gives one draw, so the same uniform through two
 * distributions gives comparable people (common random numbers). `u` in [0, 1).
 */
export function quantile(dist: Dist, u: number): number {
  if (dist.dist === 'mixture') return mixtureQuantile(dist.of, u);
  return dist.offset + plainQuantile(dist, Math.min(1 - EDGE, Math.max(EDGE, u)));
}

/** The uniform chooses the part, and what is left of it the value inside the part. */
function mixtureQuantile(parts: readonly MixtureShare[], u: number): number {
  let below = 0;
  let last: MixtureShare | null = null;
  for (const part of parts) {
    if (part.share <= 0) continue;
    if (u < below + part.share) return quantile(part, (u - below) / part.share);
    below += part.share;
    last = part;
  }
  return last === null ? 0 : quantile(last, 1 - EDGE);
}

function plainQuantile(dist: SimpleDist, u: number): number {
  const { mean, cv } = dist;
  switch (dist.dist) {
    case 'constant':
      return mean;
    case 'exponential':
      return -mean * Math.log1p(-u);
    case 'uniform':
      return mean * (1 + Math.sqrt(3) * cv * (2 * u - 1));
    case 'lognormal': {
      if (mean <= 0 || cv === 0) return mean;
      const sigma = Math.sqrt(Math.log1p(cv * cv));
      return mean * Math.exp(sigma * normalQuantile(u) - (sigma * sigma) / 2);
    }
    case 'gamma': {
      if (mean <= 0 || cv === 0) return mean;
      const shape = 1 / (cv * cv);
      return (mean / shape) * gammaQuantile(shape, u);
    }
  }
}

/** The mean of all draws. */
export function meanOf(dist: Dist): number {
  if (dist.dist !== 'mixture') return dist.offset + dist.mean;
  return dist.of.reduce((sum, part) => sum + part.share * meanOf(part), 0);
}

const TAIL_C = [
  -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const TAIL_D = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416];
const MIDDLE_A = [
  -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
  2.506628277459239,
];
const MIDDLE_B = [
  -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1,
];

/** `c[0]·x^n + … + c[n]`. */
const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);

/** Quantile of the standard normal distribution (P. J. Acklam's rational approximation; relative error < 1.2e-9). */
export function normalQuantile(u: number): number {
  const tail = 0.02425;
  if (u > 1 - tail) return -normalQuantile(1 - u);
  if (u < tail) {
    const q = Math.sqrt(-2 * Math.log(u));
    return polynomial(TAIL_C, q) / (polynomial(TAIL_D, q) * q + 1);
  }
  const q = u - 0.5;
  const r = q * q;
  return (polynomial(MIDDLE_A, r) * q) / (polynomial(MIDDLE_B, r) * r + 1);
}

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** ln Γ(x) for x > 0 (Lanczos, g = 7). */
function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const z = x - 1;
  const sum = LANCZOS.reduce((total, c, i) => (i === 0 ? c : total + c / (z + i)), 0);
  const t = z + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Regularised lower incomplete gamma function P(shape, x) (series below shape + 1, continued fraction above). */
function gammaBelow(shape: number, x: number, logGammaShape: number): number {
  if (x <= 0) return 0;
  const factor = Math.exp(shape * Math.log(x) - x - logGammaShape);
  if (x < shape + 1) {
    let term = 1 / shape;
    let sum = term;
    for (let n = 1; n < 1000 && term > sum * 1e-15; n += 1) {
      term *= x / (shape + n);
      sum += term;
    }
    return sum * factor;
  }
  let b = x + 1 - shape;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let i = 1; i < 1000; i += 1) {
    const a = -i * (i - shape);
    b += 2;
    d = 1 / (a * d + b || 1e-300);
    c = b + a / c || 1e-300;
    const change = d * c;
    fraction *= change;
    if (Math.abs(change - 1) < 1e-15) break;
  }
  return 1 - factor * fraction;
}

/** Quantile of the gamma distribution with scale 1: Newton's steps, kept inside a shrinking bracket. */
export function gammaQuantile(shape: number, u: number): number {
  const logGammaShape = logGamma(shape);
  const cube = 1 - 1 / (9 * shape) + normalQuantile(u) / (3 * Math.sqrt(shape));
  const small = Math.exp((Math.log(u) + logGammaShape + Math.log(shape)) / shape);
  let x = cube > 0 && shape >= 0.5 ? shape * cube ** 3 : small;
  if (x === 0 || u < 1e-4) x = Math.min(small, x === 0 ? small : x);
  let low = 0;
  let high = Infinity;
  for (let i = 0; i < 100; i += 1) {
    const error = gammaBelow(shape, x, logGammaShape) - u;
    if (error > 0) high = x;
    else low = x;
    const density = Math.exp((shape - 1) * Math.log(x) - x - logGammaShape);
    let next = density > 0 ? x - error / density : x;
    if (!(next > low && next < high)) next = high === Infinity ? 2 * x : (low + high) / 2;
    if (Math.abs(next - x) <= 1e-12 * x) return next;
    x = next;
  }
  return x;
}
