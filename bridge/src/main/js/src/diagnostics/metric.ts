/** Something counted over time. */
export class Metric implements Iterable<unknown> {
  init(): void {}
  update(_value?: unknown): void {}
  destroy(): void {}
  toJSON(): Record<string, unknown> { return {}; }
  toString(): string { return JSON.stringify(this); }
  get [Symbol.toStringTag](): string { return this.constructor.name; }
  *[Symbol.iterator](): IterableIterator<unknown> { yield* Object.entries(this.toJSON()); }
}
export default Metric;
