import { quantile } from '../check/workers.mjs';
import { processorMs } from './processor-time.mjs';

/** Hundreds of what is done, and shorter than most of what others do beside it. */
const SLICE_MS = 10;
/** Of the slices: others take half of a core's strength for some milliseconds at a time, a fifth of the time or half of it. */
const UNDISTURBED = 0.75;

/**
 * How fast work goes while others leave the core alone: it is looked at in slices of 10 ms, and what counts is the slice that is
 * faster than three quarters of them. Whoever works says now and then how much is done.
 */
export class Pace {
  #began = now(0);
  #last = this.#began;
  #byProcessor = [];
  #byClock = [];

  /** @param {number} done so far, in whatever is counted */
  note(done) {
    // The cheap look first: that at the processor time is a system call.
    if (performance.now() - this.#last.clockMs < SLICE_MS) return;
    const last = this.#last;
    const sample = now(done);
    const tookMs = sample.processorMs - last.processorMs;
    if (tookMs < SLICE_MS / 2) return;
    this.#byProcessor.push((done - last.done) / tookMs);
    this.#byClock.push((done - last.done) / (sample.clockMs - last.clockMs));
    this.#last = sample;
  }

  /**
   * @param {number} done in all
   * @returns the processor time that all of it took, and how much is done in a second of it, and of the clock. Where there was
   *   no slice, the whole is one.
   */
  end(done) {
    const ended = now(done);
    const tookMs = ended.processorMs - this.#began.processorMs;
    const perSecond = (slices, wholeMs) => (slices.length > 0 ? quantile(slices, UNDISTURBED) : done / wholeMs) * 1_000;
    return {
      tookMs,
      perProcessorSecond: perSecond(this.#byProcessor, tookMs),
      perClockSecond: perSecond(this.#byClock, ended.clockMs - this.#began.clockMs),
    };
  }
}

const now = (done) => ({ done, processorMs: processorMs(), clockMs: performance.now() });
