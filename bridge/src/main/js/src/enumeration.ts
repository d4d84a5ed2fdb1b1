/** Names with numbers, both ways. */
export class Enumeration extends Set<string> {
  readonly [name: string]: any;
  static from(...values: any[]): Enumeration {
    return values.length === 1 && typeof values[0] === 'object' && !Array.isArray(values[0]) ? new Enumeration(Object.keys(values[0] as object)) : new Enumeration(values.flat() as string[]);
  }
  constructor(values: readonly string[] = [], options: { start?: number } = {}) {
    super(values);
    let next = options.start ?? 0;
    for (const value of this) {
      Object.defineProperty(this, value, { value: next, enumerable: false });
      Object.defineProperty(this, next++, { value, enumerable: false });
    }
  }
  get length(): number { return this.size; }
  contains(value: unknown): boolean { return this.has(String(value)); }
  toJSON(): string[] { return [...this]; }
}
export default Enumeration;
