/** A console whose lines come out on the host's stdout and stderr, as Node's do. `globalThis.console` is the page's own, DevTools included. */
import { call, commandUrl } from 'socket:ipc';
import { format, inspect } from 'socket:internal/inspect';

export type Level = 'debug' | 'log' | 'info' | 'warn' | 'error';
const url = commandUrl('console', 'write');

/** Node's `Console`, writing to the host. Lines keep their order. */
export class Console {
  readonly timers: Map<string, number> = new Map();
  readonly counters: Map<string, number> = new Map();
  #indent = '';

  /** Writes one message; rejects if the host did not take it. */
  write(level: Level, ...args: unknown[]): Promise<void> {
    const text = format(...args);
    const message = this.#indent === '' ? text : this.#indent + text.replaceAll('\n', '\n' + this.#indent);
    return call(url, { level, message }) as Promise<never>;
  }
  #line(level: Level, args: unknown[]): void {
    // The page has its own console for what can't reach the host.
    this.write(level, ...args).catch((error: unknown) => globalThis.console.error(error));
  }
  assert(value: unknown, ...args: unknown[]): void {
    if (value) return;
    if (typeof args[0] === 'string') args[0] = `Assertion failed: ${args[0]}`;
    else args.unshift('Assertion failed');
    this.warn(...args);
  }
  clear(): void { globalThis.console.clear(); }
  count(label = 'default'): void {
    const n = (this.counters.get(label) ?? 0) + 1;
    this.counters.set(label, n);
    this.log(`${label}: ${n}`);
  }
  countReset(label = 'default'): void {
    if (!this.counters.delete(label)) this.warn(`Count for '${label}' does not exist`);
  }
  debug(...args: unknown[]): void { this.#line('debug', args); }
  dir(value: unknown, options?: { depth?: number | null }): void { this.#line('log', [inspect(value, options)]); }
  dirxml(...args: unknown[]): void { this.log(...args); }
  error(...args: unknown[]): void { this.#line('error', args); }
  group(...args: unknown[]): void {
    if (args.length > 0) this.log(...args);
    this.#indent += '  ';
  }
  groupCollapsed(...args: unknown[]): void { this.group(...args); }
  groupEnd(): void { this.#indent = this.#indent.slice(2); }
  info(...args: unknown[]): void { this.#line('info', args); }
  log(...args: unknown[]): void { this.#line('log', args); }
  table(data: unknown): void { this.#line('log', [isTable(data) ? table(data) : data]); }
  time(label = 'default'): void {
    if (this.timers.has(label)) this.warn(`Label '${label}' already exists`);
    else this.timers.set(label, performance.now());
  }
  timeEnd(label = 'default'): void {
    this.timeLog(label);
    this.timers.delete(label);
  }
  timeLog(label = 'default', ...args: unknown[]): void {
    const start = this.timers.get(label);
    if (start === undefined) this.warn(`No such label '${label}'`);
    else this.log(`${label}: ${(performance.now() - start).toFixed(3)}ms`, ...args);
  }
  trace(...args: unknown[]): void {
    const error = new Error(format(...args));
    error.name = 'Trace';
    this.error(error.stack ?? error.message);
  }
  warn(...args: unknown[]): void { this.#line('warn', args); }
}

function isTable(data: unknown): data is object { return typeof data === 'object' && data !== null; }
function table(data: object): string {
  const rows = Object.entries(data);
  const columns = [...new Set(rows.flatMap(([, row]) => (isTable(row) ? Object.keys(row) : [])))];
  const values = rows.some(([, row]) => !isTable(row));
  const cell = (value: unknown) => inspect(value, { depth: 0, breakLength: Infinity });
  const lines = [['(index)', ...columns, ...(values ? ['Values'] : [])]];
  for (const [key, row] of rows) {
    lines.push([key, ...columns.map(name => (isTable(row) && name in row ? cell((row as Record<string, unknown>)[name]) : '')), ...(values ? [isTable(row) ? '' : cell(row)] : [])]);
  }
  const widths = lines[0]!.map((_, i) => Math.max(...lines.map(line => line[i]!.length)));
  const rule = (left: string, middle: string, right: string) => left + widths.map(width => '─'.repeat(width + 2)).join(middle) + right;
  const text = (line: string[]) => '│' + line.map((value, i) => ` ${value.padEnd(widths[i]!)} `).join('│') + '│';
  return [rule('┌', '┬', '┐'), text(lines[0]!), rule('├', '┼', '┤'), ...lines.slice(1).map(text), rule('└', '┴', '┘')].join('\n');
}

/** Makes a console's calls come out on the host too, after the console's own. */
export function patchGlobalConsole<C extends object>(target: C): C {
  const ours = new Console();
  for (const level of ['debug', 'log', 'info', 'warn', 'error'] as const) {
    const own = (target as Record<string, unknown>)[level] as (...args: unknown[]) => void;
    (target as Record<string, unknown>)[level] = (...args: unknown[]) => {
      own.apply(target, args);
      ours[level](...args);
    };
  }
  return target;
}
export const globalConsole: typeof globalThis.console = globalThis.console;
const hostConsole: Console = new Console();
export default hostConsole;
