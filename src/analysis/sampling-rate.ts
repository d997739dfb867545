/**
 * The sampling rate of the allocation profile (runtime.MemProfileRate), which no dump tells: inferred from the share of the
 * live objects that were sampled, by maximum likelihood over object sizes. An allocation of size S is sampled with
 * probability 1 - exp(-S/rate). That is not enough to know it where a program set the rate late: few of the small objects
 * may be sampled because the rate is great, or because most of them were there before.
 */
import type { Heap } from "../heap/heap.ts";
import { memoise } from "../heap/memo.ts";
import { objectSize } from "../heap/objects.ts";
import { breathe, type Progress } from "../progress.ts";

/** Go's default of runtime.MemProfileRate, in bytes. */
export const DEFAULT_SAMPLING_RATE = 524_288;

/** What a dump's samples say of the rate; figures in bytes. */
export interface RateEstimate {
  /**
   * The likeliest rate if as little as possible was allocated before it was set, a power of two or ten if one fits; 0 if
   * nothing was sampled though much of it should have been.
   */
  readonly rate: number;
  /**
   * Rates below and above do not fit, however much was allocated before the rate was set: four and a half standard
   * deviations, which are greater if the sizes disagree.
   */
  readonly low: number;
  readonly high: number;
  /** 1 if the sizes agree as well as chance lets them; above 4 or so no rate fits them all. */
  readonly disagreement: number;
  /** Sampled objects that are alive: the more, the surer. */
  readonly samples: number;
}

/** A rate, and how it is known. */
export interface SamplingRate {
  /** In bytes; at least 1. */
  readonly bytes: number;
  readonly source: "given" | "read" | "inferred" | "default";
  /** For people: "MemProfileRate 4096, inferred from 812 samples (3,900 to 4,310 bytes fit)". */
  readonly explanation: string;
}

/** Objects of one size: all that are alive, and the sampled ones. */
interface SizeClass {
  readonly size: number;
  readonly count: number;
  readonly sampled: number;
}

/** Sizes below have a place in a column of their own. */
const SMALL = 32_768 + 8;

/** Steps of the rates that are tried, from 1 byte to 64 GiB: 1/32 of a doubling, about 2 %. */
const STEPS_PER_DOUBLING = 32;
const DOUBLINGS = 36;

/** Nobody sets rates as small as this but 1; what is left out is then the runtime's start, before the rate was set. */
const SMALLEST = 64;

/**
 * Shares of the objects that may have been allocated before the rate was set: without them one large old object would say
 * more than ten thousand small new ones. A program that sets the rate is sampled at the old one for a while, too.
 */
const STRANGERS = [0, 0.0005, 0.005, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** By how much the log-likelihood has to grow for a share of one to be believed, for the likeliest rate. */
const STRANGENESS = 30;

/** Drop of the log-likelihood below which a rate does not fit: 4.5²/2. */
const CONFIDENCE = 10;

/** If fewer samples than this were to be expected, that there are none says nothing. */
const EXPECTED_SAMPLES = 20;

/** Fewer samples are nothing to go by: those from before the rate was set to 0 would seem to be of a huge one. */
const ENOUGH_SAMPLES = 10;

/** Sizes of which fewer samples are to be expected do not tell how well a rate fits. */
const TELLING_SAMPLES = 1;

/** From the lowest to the highest rate that fits: if there is more between them, no single rate is said to be right. */
const PRECISE = 4;

/** Disagreement beyond which the samples are not said to agree with the default. */
const DISAGREED = 4;

/** How far the default has to be outside of what fits, for what is allocated at other rates shifts the estimate. */
const CLEARLY = 1.5;

/**
 * Infers the sampling rate; undefined if there is too little to tell. Memoised. One pass over the objects.
 */
export const estimateSamplingRate = memoise(
  async (heap: Heap, progress: Progress): Promise<RateEstimate | undefined> =>
    fitRate(await countBySize(heap, progress)),
);

/**
 * Chooses the sampling rate: what the user says, else what the dump has, else what its samples say if they contradict Go's
 * default clearly, else the default. Warns of a rate that was inferred (`inferred-sampling-rate`).
 * @param given by the user, in bytes; 0 if not
 */
export async function chooseSamplingRate(heap: Heap, given: number, progress: Progress): Promise<SamplingRate> {
  if (given > 0) {
    return { bytes: given, source: "given", explanation: `MemProfileRate ${given}, as given by --mem-profile-rate` };
  }
  const { rate } = heap.memoryProfile;
  if (rate !== undefined && rate > 0) {
    return { bytes: rate, source: "read", explanation: `MemProfileRate ${rate}, read from the dump` };
  }
  const estimate = await estimateSamplingRate(heap, progress);
  if (estimate === undefined || estimate.samples < ENOUGH_SAMPLES) {
    return assumeDefault("the dump does not tell (--mem-profile-rate)");
  }
  const { rate: bytes, low, high, disagreement, samples } = estimate;
  const range = `${Math.round(low)} to ${Math.round(high)}`;
  const warnUncertain = (finding: string, used: number): void =>
    progress.warn(
      "uncertain-sampling-rate",
      `${samples} sampled objects say that runtime.MemProfileRate was ${finding}, as if it was set while the program ` +
        `ran: estimates, made with ${used}, can be wrong by that much; give the right one with --mem-profile-rate`,
    );
  const agrees = disagreement <= DISAGREED;
  const margin = agrees ? CLEARLY : 1;
  if (low <= DEFAULT_SAMPLING_RATE * margin && high >= DEFAULT_SAMPLING_RATE / margin) {
    if (agrees) return assumeDefault("the samples agree with it");
    warnUncertain(`anything from ${range} bytes`, DEFAULT_SAMPLING_RATE);
    return assumeDefault(`no rate fits the samples well (${range} do somewhat)`);
  }
  // At 1 everything was sampled, and so it would be at any rate that is small enough.
  if (bytes === 1 || high <= low * PRECISE) {
    progress.warn(
      "inferred-sampling-rate",
      `${samples} sampled objects say that runtime.MemProfileRate was ${range} bytes, not Go's default: ` +
        `${bytes} is used; give the right one with --mem-profile-rate`,
    );
  } else {
    warnUncertain(`${range} bytes, not Go's default, and no closer`, bytes);
  }
  const explanation = `MemProfileRate ${bytes}, inferred from ${samples} samples (${range} fit)`;
  return { bytes, source: "inferred", explanation };
}

function assumeDefault(why: string): SamplingRate {
  const explanation = `MemProfileRate ${DEFAULT_SAMPLING_RATE}, Go's default, assumed: ${why}`;
  return { bytes: DEFAULT_SAMPLING_RATE, source: "default", explanation };
}

async function countBySize(heap: Heap, progress: Progress): Promise<readonly SizeClass[]> {
  const { objects } = heap;
  const { size } = objects;
  const small = new Float64Array(SMALL);
  const large = new Map<number, { count: number; sampled: number }>();
  const block = 1 << 22;
  for (let start = 0; start < objects.count; start += block) {
    const end = Math.min(objects.count, start + block);
    for (let i = start; i < end; i++) {
      const bytes = size[i]!;
      if (bytes < SMALL) {
        small[bytes]!++;
        continue;
      }
      const known = large.get(objectSize(objects, i));
      if (known === undefined) large.set(objectSize(objects, i), { count: 1, sampled: 0 });
      else known.count++;
    }
    await breathe(progress);
  }
  const sampled = new Float64Array(SMALL);
  for (const object of heap.memoryProfile.samples.object) {
    if (object < 0) continue;
    const bytes = objectSize(objects, object);
    if (bytes < SMALL) sampled[bytes]!++;
    else large.get(bytes)!.sampled++;
  }
  const classes: SizeClass[] = [];
  small.forEach((count, bytes) => {
    // An object can be sampled but once; damaged dumps say otherwise.
    if (count > 0) classes.push({ size: bytes, count, sampled: Math.min(count, sampled[bytes]!) });
  });
  for (const [bytes, each] of large) {
    classes.push({ size: bytes, count: each.count, sampled: Math.min(each.count, each.sampled) });
  }
  return classes;
}

function fitRate(classes: readonly SizeClass[]): RateEstimate | undefined {
  const samples = classes.reduce((sum, { sampled }) => sum + sampled, 0);
  const bytes = classes.reduce((sum, { size, count }) => sum + Math.min(size, DEFAULT_SAMPLING_RATE) * count, 0);
  if (samples === 0) {
    return bytes / DEFAULT_SAMPLING_RATE < EXPECTED_SAMPLES
      ? undefined
      : { rate: 0, low: 0, high: 0, disagreement: 1, samples };
  }
  const rates = Array.from({ length: DOUBLINGS * STEPS_PER_DOUBLING + 1 }, (_, i) => 2 ** (i / STEPS_PER_DOUBLING));
  const fits = rates.map((rate) => fitStrangers(classes, rate));
  const best = fits.reduce((a, b) => (a.likelihood >= b.likelihood ? a : b));
  const expected = fits.reduce((a, b) => (a.penalised >= b.penalised ? a : b));
  const disagreement = measureDisagreement(classes, best);
  const fitting = rates.filter((_, i) => {
    const { likelihood, penalised } = fits[i]!;
    return likelihood >= best.likelihood - CONFIDENCE * disagreement || penalised >= expected.penalised - CONFIDENCE;
  });
  if (expected.rate < SMALLEST) return { rate: 1, low: 1, high: fitting.at(-1)!, disagreement, samples };
  // Half a step on either side: the truth can lie between two rates that were tried.
  const low = fitting[0]! / 2 ** (0.5 / STEPS_PER_DOUBLING);
  const high = fitting.at(-1)! * 2 ** (0.5 / STEPS_PER_DOUBLING);
  return { rate: roundRate(expected.rate, low, high), low, high, disagreement, samples };
}

/** How well a rate fits, natural logarithms. */
interface Fit {
  readonly rate: number;
  /** The likeliest share of strangers. */
  readonly strangers: number;
  /** With that share. */
  readonly likelihood: number;
  /** With the share that is likeliest if few are to be expected. */
  readonly penalised: number;
}

function fitStrangers(classes: readonly SizeClass[], rate: number): Fit {
  let fit: Fit = { rate, strangers: 0, likelihood: Number.NEGATIVE_INFINITY, penalised: Number.NEGATIVE_INFINITY };
  const chances = classes.map(({ size }) => sampleChance(size, rate, 0));
  // Whatever the share of strangers, it makes all samples alike less likely.
  const samples = classes.reduce((sum, { sampled }) => sum + sampled, 0);
  const ofSampled = classes.reduce((sum, { sampled }, i) => sum + logPower(chances[i]!, sampled), 0);
  for (const strangers of STRANGERS) {
    let likelihood = ofSampled + logPower(1 - strangers, samples);
    for (let i = 0; i < classes.length; i++) {
      const { count, sampled } = classes[i]!;
      if (count > sampled) likelihood += (count - sampled) * Math.log1p((strangers - 1) * chances[i]!);
    }
    const penalised = Math.max(fit.penalised, likelihood - STRANGENESS * strangers);
    fit = likelihood > fit.likelihood ? { rate, strangers, likelihood, penalised } : { ...fit, penalised };
  }
  return fit;
}

/**
 * How much farther the sizes are from the rate than chance puts them: deviance by degree of freedom (the dispersion of
 * quasi-likelihood, McCullagh and Nelder); at least 1. Sizes disagree if their objects were allocated at different times,
 * before and after the rate was set.
 */
function measureDisagreement(classes: readonly SizeClass[], { rate, strangers }: Fit): number {
  const telling = classes.filter(({ size, count }) => count * sampleChance(size, rate, strangers) >= TELLING_SAMPLES);
  if (telling.length <= 2) return 1;
  const own = telling.reduce((sum, { count, sampled }) => sum + logBinomial(count, sampled, sampled / count), 0);
  return Math.max(1, (2 * (own - logLikelihood(telling, rate, strangers))) / (telling.length - 2));
}

/** With this rate, how likely is it that just these were sampled? Natural logarithm, but for a constant. */
function logLikelihood(classes: readonly SizeClass[], rate: number, strangers: number): number {
  let sum = 0;
  for (const { size, count, sampled } of classes)
    sum += logBinomial(count, sampled, sampleChance(size, rate, strangers));
  return sum;
}

function sampleChance(size: number, rate: number, strangers: number): number {
  return (1 - strangers) * (rate <= 1 ? 1 : -Math.expm1(-size / rate));
}

function logBinomial(count: number, sampled: number, chance: number): number {
  const yes = logPower(chance, sampled);
  return count > sampled ? yes + (count - sampled) * Math.log1p(-chance) : yes;
}

/** The logarithm of chance to the power of times; of any chance, 0 if that is 0. */
function logPower(chance: number, times: number): number {
  return times > 0 ? times * Math.log(chance) : 0;
}

/** The power of two or ten in the range that is closest, or two digits. */
function roundRate(rate: number, low: number, high: number): number {
  const powers = [2 ** Math.round(Math.log2(rate)), 10 ** Math.round(Math.log10(rate))];
  const fitting = powers.filter((power) => power >= low && power <= high);
  const distance = (power: number): number => Math.abs(Math.log(power / rate));
  if (fitting.length > 0) return fitting.sort((a, b) => distance(a) - distance(b))[0]!;
  const unit = 10 ** (Math.floor(Math.log10(rate)) - 1);
  return Math.max(1, Math.round(Math.round(rate / unit) * unit));
}
