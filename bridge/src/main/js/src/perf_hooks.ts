/** Node's `perf_hooks`: the engine's own. */
export const performance: Performance = globalThis.performance;
export const { Performance, PerformanceEntry, PerformanceMark, PerformanceMeasure, PerformanceObserver, PerformanceObserverEntryList, PerformanceResourceTiming } = globalThis;
export const constants: Readonly<Record<string, number>> = Object.freeze({ NODE_PERFORMANCE_GC_MAJOR: 4, NODE_PERFORMANCE_GC_MINOR: 1, NODE_PERFORMANCE_GC_INCREMENTAL: 8, NODE_PERFORMANCE_GC_WEAKCB: 16 });
/** Counts of whole numbers, kept by value. */
export class RecordableHistogram {
  readonly #counts = new Map<number, number>();
  get count(): number { return [...this.#counts.values()].reduce((sum, one) => sum + one, 0); }
  get min(): number { return this.#counts.size === 0 ? 9223372036854776000 : Math.min(...this.#counts.keys()); }
  get max(): number { return this.#counts.size === 0 ? 0 : Math.max(...this.#counts.keys()); }
  get mean(): number { return this.#sum(value => value) / this.count; }
  get stddev(): number { const { mean } = this; return Math.sqrt(this.#sum(value => (value - mean) ** 2) / this.count); }
  #sum(of: (value: number) => number): number { return [...this.#counts].reduce((sum, [value, count]) => sum + of(value) * count, 0); }
  record(value: number): void {
    if (!Number.isInteger(value) || value < 1) throw Object.assign(new RangeError(`The value of "val" is out of range. It must be >= 1 && <= ${Number.MAX_SAFE_INTEGER}. Received ${value}`), { code: 'ERR_OUT_OF_RANGE' });
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
  }
  percentile(share: number): number {
    let left = Math.ceil((share / 100) * this.count);
    for (const [value, count] of [...this.#counts].sort(([a], [b]) => a - b)) if ((left -= count) <= 0) return value;
    return 0;
  }
  reset(): void { this.#counts.clear(); }
}
export const createHistogram = (): RecordableHistogram => new RecordableHistogram();
/** How late a timer comes, in nanoseconds. */
export function monitorEventLoopDelay({ resolution = 10 }: { resolution?: number } = {}): RecordableHistogram & { enable(): boolean; disable(): boolean } {
  let timer: ReturnType<typeof setInterval> | undefined;
  return Object.assign(new RecordableHistogram(), {
    enable(this: RecordableHistogram): boolean {
      if (timer !== undefined) return false;
      let due = performance.now() + resolution;
      timer = setInterval(() => { const now = performance.now(); this.record(Math.max(1, Math.round((now - due + resolution) * 1e6))); due = now + resolution; }, resolution);
      return true;
    },
    disable(): boolean {
      if (timer === undefined) return false;
      clearInterval(timer);
      timer = undefined;
      return true;
    },
  });
}
export default { constants, createHistogram, monitorEventLoopDelay, performance, Performance, PerformanceEntry, PerformanceMark, PerformanceMeasure, PerformanceObserver, PerformanceObserverEntryList, PerformanceResourceTiming };
