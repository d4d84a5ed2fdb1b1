import { setMaxListeners } from 'node:events';

// A host in JavaScript: docs/bridge.md on both lanes. Commands are functions from {url, resource, params, body, lane} to
// {data} | {err} | {bytes} | a promise of one.
let pages = 0;

export const facts = {
  versions: { dunlin: '0.1.0', chromium: '146', cef: '146', java: '17', vertx: '5' }, platform: 'linux', arch: 'x64', type: 'Linux', release: '6.1', endianness: 'LE',
  argv: ['app', '--flag'], execPath: '/opt/app', pid: 42, cwd: '/home/u', env: { HOME: '/home/u', LANG: 'C' }, config: { meta_title: 'T' }, debug: false, headless: true, test: false,
  bundleIdentifier: 'app.test', origin: 'https://app.test.localhost', window: { index: 0 }, paths: { home: '/home/u', tmp: '/tmp/', documents: '/home/u/Documents' },
  constants: { errno: { ENOENT: 2, EBADF: 9 }, signals: { SIGTERM: 15 }, fs: { O_RDONLY: 0, O_CREAT: 64, S_IFMT: 61440 } },
  limits: { messageBytes: 16 << 20, replyBytes: 64 << 10, bodyBytes: 8 << 20, callsInFlight: 10_000 },
};

/** Opens a page: sets the globals that modules take when they load. */
export function openPage(commands = {}, changes = {}, { top = true } = {}) {
  const page = {
    number: ++pages, messages: [], fetched: [], uploads: new Map(), denials: [], parked: [], queries: 0, refuse: undefined,
    /** Modules as this page sees them. */
    load: name => import(`socket:${name}?${page.number}`),
    calls: () => page.messages.flatMap(message => message.c ?? []),
    push: batch => page.parked.shift().onSuccess(JSON.stringify(batch)),
  };
  globalThis.hosts[page.number] = { ...facts, ...changes };

  function answer(url, params, body, lane) {
    const [path, query = ''] = url.slice('ipc://'.length).split('?');
    const segments = path.split('/').map(decodeURIComponent);
    const count = segments[0] === 'handle' ? 3 : 2;
    const command = commands[segments.slice(0, count).join('/')];
    if (command === undefined) return { err: { name: 'Error', code: 'ERR_UNKNOWN_COMMAND', message: `no ${url}` }, status: 404 };
    const all = { ...Object.fromEntries(new URLSearchParams(query)), ...params };
    return command({ url, resource: segments.length > count ? '/' + segments.slice(count).join('/') : '', params: all, body, lane });
  }

  globalThis.__dunlinQuery = ({ request, onSuccess, onFailure }) => {
    const message = JSON.parse(request);
    page.messages.push(message);
    if (message.o) {
      page.parked.push({ onSuccess, onFailure });
      return ++page.queries;
    }
    if (message.a) page.refusing = undefined;
    const refusal = page.refuse ?? (message.c && (page.refusing ?? (page.refusing = page.admit?.(message))));
    if (refusal) setImmediate(() => onFailure(...refusal));
    else if (message.x || message.a) setImmediate(() => onSuccess(''));
    else {
      const ready = [];
      for (const [seq, url, params] of message.c) {
        const settle = (list, reply) => list.push(reply.err ? [seq, 1, reply.err] : [seq, 0, reply.data]);
        const reply = answer(url, params, undefined, 'call');
        if (reply instanceof Promise) reply.then(late => { const r = []; settle(r, late); page.push({ r }); });
        else settle(ready, reply);
      }
      setImmediate(() => onSuccess(JSON.stringify({ r: ready })));
    }
    return ++page.queries;
  };

  /** The stream lane: reserved parameters off, uploads put together. */
  function stream(target, body) {
    const url = new URL(target);
    const reserved = Object.fromEntries(['_', '_d', '_u', '_n', '_l', '_b'].map(name => [name, url.searchParams.get(name)]));
    for (const name of Object.keys(reserved)) url.searchParams.delete(name);
    page.fetched.push({ url: target.split('?')[0], ...reserved, size: body?.byteLength });
    if (reserved._u !== null) {
      const parts = page.uploads.get(reserved._u) ?? [];
      page.uploads.set(reserved._u, parts);
      if (parts.brokenOff || parts.length !== Number(reserved._n)) {
        parts.brokenOff = true;
        return { err: { name: 'Error', code: 'ERR_INVALID_CALL', message: 'part out of order' }, status: 400 };
      }
      parts.push(body);
      if (reserved._l !== '1') return { data: null };
      body = Buffer.concat(parts);
    }
    return answer(url.href, reserved._ === null ? undefined : JSON.parse(reserved._), body, 'stream');
  }
  const kind = reply => (reply.err ? 'err' : 'bytes' in reply ? 'bytes' : 'data');
  const payload = reply => (reply.err ? JSON.stringify({ err: reply.err }) : 'bytes' in reply ? reply.bytes : JSON.stringify({ data: reply.data ?? null }));

  globalThis.fetch = async (target, { body, signal, method }) => {
    if (page.block?.(target)) {
      // As Chromium: a task of its own, before any that the page makes when it hears of the failure.
      setTimeout(() => document.dispatchEvent(new SecurityPolicyViolationEvent('securitypolicyviolation', { blockedURI: 'ipc', effectiveDirective: 'connect-src' })), 0);
      throw new TypeError('Failed to fetch');
    }
    const bytes = body === null || body === undefined ? undefined : Buffer.from(await new Response(body).arrayBuffer());
    if ((method === 'POST') !== (bytes !== undefined)) throw new Error('method and body disagree');
    const reply = await new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => { page.aborted = target; reject(signal.reason); });
      Promise.resolve(stream(target, bytes)).then(resolve, reject);
    });
    return new Response(payload(reply), { status: reply.status ?? 200, headers: { 'x-dunlin-reply': kind(reply), ...reply.headers } });
  };

  // Chromium tells observers of a violation at once, and pages by an event later.
  page.violations = [];
  globalThis.ReportingObserver = class {
    constructor(_heard, { types }) { this.types = types; }
    observe() { this.observing = this.types.includes('csp-violation'); }
    takeRecords() { return this.observing ? page.violations.splice(0) : []; }
  };

  globalThis.XMLHttpRequest = class {
    open(method, target, async) { Object.assign(this, { method, target, async }); }
    overrideMimeType(type) { this.type = type; }
    send(body) {
      if (this.async !== false) throw new Error('asynchronous XHR');
      if (this.method === 'OPTIONS' && !page.block?.(this.target)) return;
      if (page.breakOff?.(this.target)) {
        if (page.violation) page.violations.push({ body: page.violation });
        throw new Error('NetworkError');
      }
      if (page.block?.(this.target)) {
        // Chromium leaves out what is equal to one before.
        if (!page.violated) page.violations.push({ body: { blockedURL: 'ipc', disposition: 'enforce' } });
        page.violated = page.once;
        throw new Error('NetworkError');
      }
      const reply = stream(this.target, body === null ? undefined : Buffer.from(body));
      if (reply instanceof Promise) throw new Error(`${this.target} has no synchronous answer in this mock`);
      this.kind = kind(reply);
      this.headers = Object.entries(reply.headers ?? {}).map(([name, value]) => `${name}: ${value}\r\n`).join('');
      this.status = reply.status ?? 200;
      let bytes = Buffer.from(payload(reply));
      if (this.kind === 'bytes' && this.target.includes('_b=1') && !page.oldHost) {
        bytes = Buffer.concat([Buffer.alloc(1), bytes]);
        this.padded = true;
      }
      this.length = bytes.length;
      // x-user-defined: bytes above 0x7f come as U+F780 and on, unless a byte order mark comes first.
      this.responseText = bytes.subarray(0, 3).equals(Buffer.from('\ufeff')) ? bytes.subarray(3).toString() : Array.from(bytes, byte => String.fromCharCode(byte < 128 ? byte : 0xf700 + byte)).join('');
    }
    getResponseHeader(name) { return name === 'x-dunlin-reply' ? this.kind : null; }
    getAllResponseHeaders() { return `x-dunlin-reply: ${this.kind}\r\ncontent-length: ${this.length}\r\n${this.padded ? 'x-dunlin-pad: 1\r\n' : ''}${this.headers}`; }
  };

  globalThis.window = globalThis;
  globalThis.top = top ? globalThis : {};
  globalThis.document = new EventTarget();
  globalThis.location = { href: 'https://app.test.localhost/index.html' };
  globalThis.screen = { width: 1920, height: 1080 };
  globalThis.SecurityPolicyViolationEvent = class extends Event {
    constructor(type, init) { super(type, init); for (const [key, value] of Object.entries(init)) if (!(key in this)) this[key] = value; }
  };
  performance.getEntriesByType = type => (type === 'navigation' ? [{ serverTiming: [{ name: 'dunlin', description: 'doc-1' }] }] : []);
  document.addEventListener('securitypolicyviolation', event => page.denials.push(event));
  return page;
}
const target = new EventTarget();
// Every page of this process listens on the one globalThis.
setMaxListeners(0, target);
globalThis.addEventListener ??= target.addEventListener.bind(target);
globalThis.removeEventListener ??= target.removeEventListener.bind(target);
globalThis.dispatchEvent ??= target.dispatchEvent.bind(target);

/** Waits, task by task, until `condition` holds. */
export async function until(condition) {
  const deadline = performance.now() + 5000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`never came true: ${condition}`);
    await new Promise(resolve => setImmediate(resolve));
  }
}
