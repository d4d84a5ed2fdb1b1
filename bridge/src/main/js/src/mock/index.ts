/**
 * A mock runtime for plain unit tests: no display, no Chromium, no host. A command is called as a window, from an origin, under a policy,
 * and the reply or the denial comes back by the rules of the host. What answers is an in-memory file system and what the test gives.
 */
import { MemoryFiles } from './files.js';
import { CommandUrl, MockError, PolicySet, policyHeader } from './policy.js';

export { CommandUrl, MemoryFiles, MockError, PolicySet, policyHeader };

/** What a command gets. */
export interface MockCall {
  readonly url: CommandUrl;
  /** What follows the function in the URL, decoded, with a leading slash; empty if nothing does. */
  readonly resource: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly body: Uint8Array | undefined;
  readonly window: number;
}
/** Answers data, bytes, or a promise of one; throws what the page gets as an error. */
export type MockCommand = (call: MockCall) => unknown;

export interface MockOptions {
  /** `[meta] bundle_identifier`; it makes the origin. */
  bundleIdentifier?: string;
  /** Lines of `[security] policy[]`, as in `socket.ini`. Without any nothing is allowed. */
  policy?: string | readonly string[];
  /** What `$HOME` and the like stand for in the policy. */
  paths?: Readonly<Record<string, string>>;
  /** What is in the file system at first, by absolute path. */
  files?: Readonly<Record<string, string | Uint8Array>>;
  /** Commands by their name (`os/cpus`, `my-extension/method`): a function, or what it answers. They stand before those of the mock. */
  commands?: Readonly<Record<string, unknown>>;
}
/** Who calls, and with what. */
export interface CallOptions {
  params?: Readonly<Record<string, unknown>>;
  body?: string | Uint8Array;
  /** Index of the window; 0 by default. */
  window?: number;
  /** Origin of the document; the app's by default. Any other has no bridge. */
  origin?: string;
  /** Whether the document is the window's top one; true by default. */
  top?: boolean;
  /** `<meta>` policies of the document: they must allow too. */
  meta?: readonly string[];
}
/** What was called, and what came of it. */
export interface CallRecord { readonly url: string; readonly window: number; readonly outcome: 'reply' | 'denied' | 'error'; readonly code?: string }

/** Commands that no policy decides, and who may call them: those of the host. */
export const ALWAYS_ALLOWED: Readonly<Record<string, 'any' | 'top'>> = {
  'application/capabilities': 'any', 'application/config': 'any', 'application/exit': 'top', 'application/security': 'any', 'application/versions': 'any', 'console/write': 'any',
  'window/answerClose': 'top', 'window/close': 'top', 'window/endDrag': 'top', 'window/focus': 'top', 'window/hide': 'top', 'window/holdClose': 'top', 'window/info': 'any', 'window/maximize': 'top', 'window/minimize': 'top', 'window/restore': 'top',
  'window/setBackgroundColor': 'top', 'window/setBounds': 'top', 'window/setPosition': 'top', 'window/setResizable': 'top', 'window/setSize': 'top',
  'window/setTitle': 'top', 'window/show': 'top', 'window/showInspector': 'top', 'window/startDrag': 'top',
};
/** Commands with a second path, which is policed as the first. */
const SECOND_PATH = new Set(['fs/rename', 'fs/copyFile', 'fs/link']);
/** Commands that change a path; the second path of any is changed. */
const WRITES = new Set(['writeFile', 'appendFile', 'mkdir', 'mkdtemp', 'rm', 'rmdir', 'unlink', 'rename', 'chmod', 'chown', 'utimes', 'link', 'symlink'].map(name => 'fs/' + name));

/** One app in a test. */
export class MockRuntime {
  readonly origin: string;
  /** The header that documents of the app would have. */
  readonly header: string;
  readonly files: MemoryFiles;
  /** Every call so far. */
  readonly calls: CallRecord[] = [];
  /** What the app printed. */
  readonly printed: { readonly level: string; readonly message: string }[] = [];
  /** The code that the app ended with. */
  exitCode: number | undefined;
  readonly paths: Readonly<Record<string, string>>;
  readonly bundleIdentifier: string;
  readonly #windows = new Map<number, { title: string; visible: boolean; closed: boolean; width: number; height: number; x: number; y: number }>();
  readonly #commands: Readonly<Record<string, unknown>>;

  constructor(options: MockOptions = {}) {
    this.bundleIdentifier = options.bundleIdentifier ?? 'com.example.app';
    this.origin = `https://${this.bundleIdentifier}.localhost`;
    this.paths = { HOME: '/home/u', DOCUMENTS: '/home/u/Documents', DOWNLOADS: '/home/u/Downloads', DATA: '/home/u/.local/share/app', CONFIG: '/home/u/.config/app', TMP: '/tmp', RESOURCES: '/app/src', ...options.paths };
    this.header = policyHeader(typeof options.policy === 'string' ? [options.policy] : (options.policy ?? []), this.paths);
    this.files = new MemoryFiles(options.files);
    this.#commands = options.commands ?? {};
  }

  /** Calls a command. Resolves with its data or bytes; rejects with its error, or with the denial. */
  async call(url: string, options: CallOptions = {}): Promise<unknown> { return this.callSync(url, options); }

  /** As {@link call}, at once; a command of the test that is asynchronous answers its promise. */
  callSync(url: string, options: CallOptions = {}): unknown {
    const window = options.window ?? 0;
    const note = (outcome: CallRecord['outcome'], code?: string): void => { this.calls.push({ url, window, outcome, ...(code === undefined ? {} : { code }) }); };
    const failed = (error: unknown): void => {
      const code = (error as { code?: string } | null)?.code;
      note(code === 'ERR_ACCESS_DENIED' ? 'denied' : 'error', code);
    };
    try {
      const reply = this.#dispatch(CommandUrl.parse(url), options, window);
      if (reply instanceof Promise) reply.then(() => note('reply'), failed);
      else note('reply');
      return reply;
    } catch (error) {
      failed(error);
      throw error;
    }
  }

  #dispatch(url: CommandUrl, options: CallOptions, window: number): unknown {
    const policy = new PolicySet([...(this.header === '' ? [] : [this.header]), ...(options.meta ?? [])]);
    const top = options.top ?? true;
    if ((options.origin ?? this.origin) !== this.origin || policy.opaque) {
      throw new MockError('NetworkError', 'ERR_NO_BRIDGE', `a document of ${policy.opaque ? 'a sandboxed origin' : options.origin!} has no bridge: only those of ${this.origin} have`);
    }
    const name = url.command;
    const answer = Object.hasOwn(this.#commands, name) ? this.#commands[name] : this.#builtIn(name);
    if (answer === undefined) throw new MockError('Error', 'ERR_UNKNOWN_COMMAND', `the mock has no command ${name}: give it one by { commands: { '${name}': () => … } }`);
    const params: Record<string, unknown> = { ...url.query, ...options.params };
    const always = Object.hasOwn(ALWAYS_ALLOWED, name) ? ALWAYS_ALLOWED[name] : undefined;
    if (always === 'top' && !top) {
      throw new MockError('NotAllowedError', 'ERR_ACCESS_DENIED', `${url} is for the document of the window's top frame, not for a nested frame or a shared worker: let the top document call it, asked by postMessage. No policy changes that`);
    }
    if (always === undefined) {
      this.#police(policy, url, WRITES.has(name));
      if (SECOND_PATH.has(name)) {
        const dest = params['dest'];
        if (typeof dest !== 'string' || !dest.startsWith('/')) throw new MockError('TypeError', 'ERR_INVALID_CALL', `not a command URL: '${String(dest)}' is not an absolute path; expected ipc://<module>/<function>/<resource>`);
        this.#police(policy, url.withResource(dest), true);
      }
    }
    if (typeof answer !== 'function') return answer;
    const body = typeof options.body === 'string' ? new TextEncoder().encode(options.body) : options.body;
    return (answer as MockCommand)({ url, resource: url.resource + (url.folder && url.resource !== '' ? '/' : ''), params, body, window });
  }

  #police(policy: PolicySet, url: CommandUrl, writes: boolean): void {
    if (!policy.allows(url)) throw policy.denial(url);
    // The app's own files are changed only where a source of writeFile names them.
    const own = this.paths['RESOURCES']!;
    if (url.host !== 'fs' || !writes || !(url.resource + '/').startsWith(own + '/')) return;
    const grant = url.withFunction('writeFile');
    if (!policy.names(grant, grant.withResource(own))) {
      const directive = policy.refusing(grant);
      throw new MockError('NotAllowedError', 'ERR_ACCESS_DENIED', `${url} would change the app itself, whose files are read-only to its pages: add '${directive} ${grant}' (by the real path) to [security] policy[] in socket.ini, and to the page's <meta> policy if it has one; a source that does not name these files is not enough`, { source: String(grant), directive });
    }
  }

  #builtIn(name: string): unknown {
    const file = Object.hasOwn(this.files.commands, name) ? this.files.commands[name] : undefined;
    if (file !== undefined) return ({ resource, params, body }: MockCall) => file(resource === '' ? '/' : resource, params, body);
    const own: Record<string, MockCommand> = {
      'application/capabilities': () => ({ bluetooth: { available: false, reason: 'UNSUPPORTED_PLATFORM', message: 'The mock runtime has no Bluetooth.', cure: 'Mock the command.', canAdvertise: false } }),
      'application/config': () => ({ meta_bundle_identifier: this.bundleIdentifier }),
      'application/security': () => ({ policy: this.header, origin: this.origin, rendererSandbox: { active: false, detail: 'this is a mock' }, otherProcesses: {} }),
      'application/versions': () => ({ dunlin: '0.1.0', chromium: '0', cef: '0', java: '0', vertx: '0' }),
      'application/exit': ({ params }) => ((this.exitCode = Number(params['code'] ?? 0)), null),
      'console/write': ({ params }) => (this.printed.push({ level: String(params['level']), message: String(params['message']) }), null),
      'os/hostname': () => 'mock', 'os/uptime': () => 1, 'os/totalmem': () => 8 * 2 ** 30, 'os/freemem': () => 1 << 30, 'os/loadavg': () => [0, 0, 0],
      'os/userInfo': () => ({ uid: 1000, gid: 1000, username: 'u', homedir: this.paths['HOME'], shell: '/bin/sh' }), 'os/networkInterfaces': () => ({}),
      'os/cpus': () => [{ model: 'mock', speed: 1000, times: { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 } }],
    };
    if (name.startsWith('window/')) return this.#window(name.slice('window/'.length));
    return Object.hasOwn(own, name) ? own[name] : undefined;
  }

  #window(name: string): MockCommand | undefined {
    type State = { title: string; visible: boolean; closed: boolean; width: number; height: number; x: number; y: number };
    const changes: Record<string, (state: State, params: Readonly<Record<string, unknown>>) => void> = {
      info: () => {}, setTitle: (state, { title }) => { state.title = String(title ?? ''); }, show: state => { state.visible = true; }, hide: state => { state.visible = false; }, close: state => { state.closed = true; },
      setSize: (state, { width, height }) => Object.assign(state, { width: Number(width), height: Number(height) }), setPosition: (state, { x, y }) => Object.assign(state, { x: Number(x), y: Number(y) }),
      setBounds: (state, { x = state.x, y = state.y, width = state.width, height = state.height }) => Object.assign(state, { x: Number(x), y: Number(y), width: Number(width), height: Number(height) }),
      ...Object.fromEntries(['answerClose', 'endDrag', 'focus', 'holdClose', 'maximize', 'minimize', 'restore', 'setBackgroundColor', 'setResizable', 'showInspector', 'startDrag'].map(same => [same, () => {}])),
    };
    const change = Object.hasOwn(changes, name) ? changes[name] : undefined;
    return change && (({ window, params }) => {
      const state = this.#windows.get(window) ?? { title: '', visible: true, closed: false, width: 1024, height: 768, x: 0, y: 0 };
      this.#windows.set(window, state);
      change(state, params);
      return { index: window, url: this.origin + '/index.html', ...state };
    });
  }
}

/** A mock of an app. */
export function mock(options?: MockOptions): MockRuntime { return new MockRuntime(options); }
export default mock;
