/**
 * A test runner that prints TAP 14 on the host's stdout. Where the app was started to run tests (`host.test`), its exit code is the
 * app's: 0 if every test passed, else 1.
 */
import host from 'socket:internal/host';
import { call, commandUrl } from 'socket:ipc';
import { inspect } from 'socket:internal/inspect';
import deepEqual from 'fast-deep-equal/es6/index.js';

export type TestFn = (t: Test) => void | Promise<void>;
export interface TestOptions {
  /** Milliseconds the test may take; {@link getDefaultTestRunnerTimeout} by default. */
  timeout?: number;
}
export interface RunResult { total: number; success: number; fail: number }

const DEFAULT_TIMEOUT_MS = 60_000;
/** Milliseconds one test may take if it does not say: env `SOCKET_TEST_RUNNER_TIMEOUT`, else a minute. */
export function getDefaultTestRunnerTimeout(): number {
  const named = Number(host.env.SOCKET_TEST_RUNNER_TIMEOUT);
  return Number.isFinite(named) && named > 0 ? named : DEFAULT_TIMEOUT_MS;
}

let strict = false;
/** Strict: a test without any check fails, and so does the run if it has tests behind `only`. */
export function setStrict(on: boolean): void { strict = on; }

interface Failure { message: string; operator: string; expected?: unknown; actual?: unknown; stack: string | undefined; values: boolean }

/** One test's checks. A failed check does not end the test. */
export class Test {
  #planned: number | undefined;
  #passed = 0;
  #failed = 0;
  #over = false;
  readonly #runner: TestRunner;
  readonly #timeout: number;
  constructor(readonly name: string, readonly fn: TestFn, runner: TestRunner, options: TestOptions = {}) {
    this.#runner = runner;
    this.#timeout = options.timeout ?? getDefaultTestRunnerTimeout();
  }

  /** Prints a line that is no result. */
  comment(message: string): void { this.#runner._print(`# ${escape(message)}`); }
  /** Says how many checks will be made; any other number fails the test. */
  plan(checks: number): void { this.#planned = checks; }
  deepEqual<T>(actual: T, expected: T, message = 'should be equivalent'): void { this.#check(deepEqual(actual, expected), message, 'deepEqual', actual, expected); }
  notDeepEqual<T>(actual: T, expected: T, message = 'should not be equivalent'): void { this.#check(!deepEqual(actual, expected), message, 'notDeepEqual', actual, expected); }
  equal<T>(actual: T, expected: T, message = 'should be equal'): void { this.#check(Object.is(actual, expected) || (actual === 0 && expected === 0), message, 'equal', actual, expected); }
  notEqual(actual: unknown, expected: unknown, message = 'should not be equal'): void { this.#check(!Object.is(actual, expected) && !(actual === 0 && expected === 0), message, 'notEqual', actual, expected); }
  ok(actual: unknown, message = 'should be truthy'): void { this.#check(Boolean(actual), message, 'ok', actual, 'truthy value'); }
  notOk(actual: unknown, message = 'should be falsy'): void { this.#check(!actual, message, 'notOk', actual, 'falsy value'); }
  pass(message = 'pass called'): void { this.#check(true, message, 'pass'); }
  fail(message = 'fail called'): void { this.#check(false, message, 'fail'); }
  ifError(error: Error | null | undefined, message = String(error)): void { this.#check(!error, message, 'ifError', error, 'no error'); }
  /** @param expected what the thrown error is: a pattern of its message, its class, or members it has */
  throws(fn: () => unknown, expected?: RegExp | Function | Record<string, unknown> | null, message = 'should throw'): void {
    let thrown: { error: unknown } | undefined;
    try {
      fn();
    } catch (error) {
      thrown = { error };
    }
    this.#check(thrown !== undefined && matches(thrown.error, expected), message, 'throws', thrown === undefined ? 'nothing thrown' : thrown.error, expected ?? 'an error');
  }
  /** As {@link throws}, for what a promise rejects with. */
  async rejects(promise: Promise<unknown> | (() => Promise<unknown>), expected?: RegExp | Function | Record<string, unknown> | null, message = 'should reject'): Promise<void> {
    let thrown: { error: unknown } | undefined;
    try {
      await (typeof promise === 'function' ? promise() : promise);
    } catch (error) {
      thrown = { error };
    }
    this.#check(thrown !== undefined && matches(thrown.error, expected), message, 'rejects', thrown === undefined ? 'nothing rejected' : thrown.error, expected ?? 'an error');
  }
  async sleep(ms: number, message?: string): Promise<void> {
    if (message !== undefined) this.comment(message);
    await new Promise(resolve => setTimeout(resolve, ms));
  }
  async requestAnimationFrame(message?: string): Promise<void> {
    await new Promise(resolve => (typeof globalThis.requestAnimationFrame === 'function' ? globalThis.requestAnimationFrame(resolve) : setTimeout(resolve, 0)));
    if (message !== undefined) this.pass(message);
  }

  #check(passed: boolean, message: string, operator: string, ...values: [actual?: unknown, expected?: unknown]): void {
    const stack = passed ? undefined : new Error(message).stack;
    if (this.#over) {
      // Its test has its result already: the run as a whole must not pass.
      this.#runner._late(`check '${message}' after the end of test '${this.name}'`);
      return;
    }
    if (passed) this.#passed++;
    else this.#failed++;
    this.#runner._result(passed, message, passed ? undefined : { message, operator, actual: values[0], expected: values[1], stack, values: values.length > 0 });
  }

  async run(): Promise<{ pass: number; fail: number }> {
    this.comment(this.name);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tooLong = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`test '${this.name}' took longer than ${this.#timeout} ms`)), this.#timeout);
    });
    try {
      await Promise.race([this.fn(this), tooLong]);
      if (this.#planned !== undefined && this.#planned !== this.#passed + this.#failed) {
        this.#check(false, `plan said ${this.#planned} checks`, 'plan', this.#passed + this.#failed, this.#planned);
      } else if (strict && this.#planned === undefined && this.#passed + this.#failed === 0) {
        this.#check(false, `test '${this.name}' checks nothing`, 'strict');
      }
    } catch (error) {
      this.#failed++;
      const made = error instanceof Error ? error : new Error(inspect(error));
      this.#runner._result(false, `threw ${made.message}`, { message: made.message, operator: 'error', stack: made.stack, values: false });
    } finally {
      clearTimeout(timer);
      this.#over = true;
    }
    return { pass: this.#passed, fail: this.#failed };
  }
}

function matches(error: unknown, expected: RegExp | Function | Record<string, unknown> | null | undefined): boolean {
  if (expected === undefined || expected === null) return true;
  if (expected instanceof RegExp) return expected.test(error instanceof Error ? error.message : String(error));
  if (typeof expected === 'function') return error instanceof expected;
  return typeof error === 'object' && error !== null && Object.entries(expected).every(([key, value]) => deepEqual((error as Record<string, unknown>)[key], value));
}
/** TAP's own characters in a description. */
function escape(text: string): string { return text.replaceAll('\\', '\\\\').replaceAll('#', '\\#').replace(/[\r\n]+/g, ' '); }
function block(text: string, indent: string): string { return '|-\n' + text.split('\n').map(line => indent + line).join('\n'); }
function show(value: unknown): string { return typeof value === 'string' ? JSON.stringify(value) : inspect(value, { depth: 8 }); }

/** Runs tests one after the other, in the order they were added. */
export class TestRunner {
  readonly #tests: { test: Test; only: boolean }[] = [];
  readonly #finish: ((result: RunResult) => void)[] = [];
  readonly #report: (lines: string) => void;
  #count = 0;
  #passed = 0;
  #failed = 0;
  #running: Promise<void> | undefined;
  #scheduled = false;
  #begun = false;
  #over = false;
  /** @param report takes each piece of TAP; by default the host's stdout */
  constructor(report: (lines: string) => void = toHost) { this.#report = report; }
  get length(): number { return this.#tests.length; }
  nextId(): string { return String(++this.#count); }
  /** Adds a test; the run begins when the current task is over. */
  add(name: string, fn: TestFn, only: boolean = false, options?: TestOptions): void {
    if (this.#over) throw new Error(`Test '${name}' came after the run was over: add tests while the file loads`);
    this.#tests.push({ test: new Test(name, fn, this, options), only });
    if (this.#scheduled) return;
    this.#scheduled = true;
    setTimeout(() => void this.run(), 0);
  }
  onFinish(callback: (result: RunResult) => void): void { this.#finish.push(callback); }
  run(): Promise<void> { return (this.#running ??= this.#run()); }

  async #run(): Promise<void> {
    this.#scheduled = true;
    this.#begin();
    const only = this.#tests.some(entry => entry.only);
    // By index: a test may add tests.
    for (let i = 0; i < this.#tests.length; i++) {
      const { test, only: chosen } = this.#tests[i]!;
      if (!only || chosen) await test.run();
    }
    if (strict && only) this._result(false, 'strict: the run has tests behind only', { message: 'only', operator: 'strict', stack: undefined, values: false });
    this.#over = true;
    const result = { total: this.#count, success: this.#passed, fail: this.#failed };
    this._print(`1..${result.total}\n# tests ${result.total}\n# pass  ${result.success}\n${result.fail > 0 ? `# fail  ${result.fail}` : '# ok'}`);
    for (const callback of this.#finish) callback(result);
  }
  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#report('TAP version 14');
  }
  /** @internal */
  _print(lines: string): void {
    this.#begin();
    this.#report(lines);
  }
  /** @internal */
  _late(message: string): void {
    this.#failed++;
    if (this.#over) this._print(`Bail out! ${escape(message)}`);
    else this._result(false, message, { message, operator: 'end', stack: undefined, values: false }, false);
  }
  /** @internal */
  _result(passed: boolean, message: string, failure: Failure | undefined, count = true): void {
    if (count) passed ? this.#passed++ : this.#failed++;
    let lines = `${passed ? 'ok' : 'not ok'} ${this.nextId()} - ${escape(message)}`;
    if (failure !== undefined) {
      lines += `\n  ---\n  operator: ${failure.operator}`;
      if (failure.values) lines += `\n  expected: ${block(show(failure.expected), '    ')}\n  actual: ${block(show(failure.actual), '    ')}`;
      if (failure.stack !== undefined) lines += `\n  stack: ${block(failure.stack, '    ')}`;
      lines += '\n  ...';
    }
    this._print(lines);
  }
}

/** Every line sent so far was taken by the host. */
let printed: Promise<unknown> = Promise.resolve();
function toHost(lines: string): void {
  for (const message of lines.split('\n')) {
    const sent = call(commandUrl('console', 'write'), { level: 'tap', message });
    printed = Promise.all([printed, sent]);
  }
  printed.catch((error: unknown) => globalThis.console.error(error));
}

export const GLOBAL_TEST_RUNNER: TestRunner = new TestRunner();
GLOBAL_TEST_RUNNER.onFinish(({ total, fail }) => {
  if (!host.test) return;
  if (total === 0) toHost('# no test made any check: that is a failure');
  const end = (code: number): void => {
    call(commandUrl('application', 'exit'), { code }).catch((error: unknown) => globalThis.console.error(error));
  };
  printed.then(() => end(fail === 0 && total > 0 ? 0 : 1), () => end(1));
});
if (host.test) {
  const broken = (event: Event): void => {
    const error = (event as ErrorEvent).error ?? (event as PromiseRejectionEvent).reason;
    GLOBAL_TEST_RUNNER._late(`uncaught ${error instanceof Error ? (error.stack ?? error.message) : inspect(error)}`);
    // A file that failed before its first test has a result too.
    void GLOBAL_TEST_RUNNER.run();
  };
  globalThis.addEventListener('error', broken);
  globalThis.addEventListener('unhandledrejection', broken);
}

type Platform = { (name: string, fn: TestFn): void; (name: string, options: TestOptions, fn: TestFn): void };
export interface TestFunction extends Platform {
  only: Platform;
  skip(name: string, fn?: TestFn | TestOptions, more?: TestFn): void;
  linux: Platform; windows: Platform; win32: Platform; unix: Platform; macosx: Platform; macos: Platform; mac: Platform; darwin: Platform; desktop: Platform;
}

function adding(isOnly: boolean, when: boolean): Platform {
  return (name: string, second: TestFn | TestOptions, third?: TestFn): void => {
    const [options, fn] = typeof second === 'function' ? [undefined, second] : [second, third];
    if (typeof fn !== 'function') throw new TypeError(`Test '${name}' has no function`);
    if (when) GLOBAL_TEST_RUNNER.add(name, fn, isOnly, options);
  };
}
const unix = host.platform !== 'win32';
/** Runs only the tests that were added so. */
export const only: Platform = adding(true, true);
/** Leaves a test out. */
export function skip(_name: string, _fn?: TestFn | TestOptions, _more?: TestFn): void {}
const mac = adding(false, host.platform === 'darwin'), windows = adding(false, !unix);
/** Adds a test. `test.linux` and the like add it on that platform only. */
export const test: TestFunction = Object.assign(adding(false, true), {
  only, skip, linux: adding(false, host.platform === 'linux'), windows, win32: windows, unix: adding(false, unix), macosx: mac, macos: mac, mac, darwin: mac, desktop: adding(false, true),
});
export default test;
