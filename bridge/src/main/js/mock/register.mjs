// Runs an app's own modules in Node, on a mock runtime: their `socket:` imports are Dunlin's real modules, whose calls the mock answers.
// Node 20.6 or later.
import { constants as fsConstants, readFileSync } from 'node:fs';
import { register } from 'node:module';
import { constants } from 'node:os';

const hosts = (globalThis[Symbol.for('dunlin.mock.hosts')] ??= {});
const MODULES = new URL('./modules/', import.meta.url).href;
/** What a page gets for a name of Node. */
const NODE = JSON.parse(readFileSync(new URL('./modules/module-names.json', import.meta.url), 'utf8')).node;

register('data:text/javascript,' + encodeURIComponent(`
  const MODULES = ${JSON.stringify(MODULES)}, NODE = ${JSON.stringify(NODE)};
  const pageOf = url => { try { return new URL(url).searchParams.get('dunlin'); } catch { return null; } };
  export async function resolve(specifier, context, next) {
    const [bare, own] = specifier.split('?dunlin=');
    const page = own ?? (context.parentURL ? pageOf(context.parentURL) : null);
    const name = bare.startsWith('socket:') ? bare.slice(7) : bare.startsWith('node:') && NODE.includes(bare.slice(5)) ? bare.slice(5) : undefined;
    if (page !== null && name !== undefined) {
      return { shortCircuit: true, format: 'module', url: name === 'internal/host' ? 'dunlin-host:facts?dunlin=' + page : MODULES + name + '.js?dunlin=' + page };
    }
    const found = await next(bare, context);
    // What a module of the page imports is of that page.
    return page !== null && found.url.startsWith('file:') && !found.url.includes('/node_modules/') ? { ...found, url: found.url + '?dunlin=' + page } : found;
  }
  export async function load(url, context, next) {
    if (!url.startsWith('dunlin-host:')) return next(url, url.startsWith(MODULES) ? { ...context, format: 'module' } : context);
    return { shortCircuit: true, format: 'module', source: 'export default globalThis[Symbol.for("dunlin.mock.hosts")][' + pageOf(url) + ']' };
  }`));

const ALL = Number.MAX_SAFE_INTEGER;
function facts(runtime, window) {
  const lower = Object.fromEntries(Object.entries(runtime.paths).map(([name, path]) => [name.toLowerCase(), path]));
  return {
    versions: { dunlin: '0.1.0', chromium: '0', cef: '0', java: '0', vertx: '0' }, platform: 'linux', arch: 'x64', type: 'Linux', release: '0', endianness: 'LE', argv: ['app'], execPath: '/opt/app',
    pid: 1, cwd: runtime.paths.RESOURCES, env: { HOME: runtime.paths.HOME }, config: { meta_bundle_identifier: runtime.bundleIdentifier }, debug: false, headless: true, test: false,
    bundleIdentifier: runtime.bundleIdentifier, origin: runtime.origin, window: { index: window }, paths: lower, constants: { errno: constants.errno, signals: constants.signals, fs: { ...fsConstants } },
    // No bytes on the call lane: they go by fetch.
    limits: { messageBytes: ALL, replyBytes: ALL, callBytes: 0, bodyBytes: ALL, callsInFlight: 10_000 },
  };
}

const wire = error => ({ name: error?.name ?? 'Error', message: error?.message ?? String(error), code: 'ERR_INTERNAL', ...error });

/** What a page has, for the time that its modules load: they take these built-ins then. */
function globals(runtime, window) {
  const uploads = new Map();
  const run = (url, options) => {
    try {
      const reply = runtime.callSync(url, { window, ...options });
      return reply instanceof Promise ? reply.then(data => ({ data }), error => ({ error: wire(error) })) : { data: reply };
    } catch (error) {
      return { error: wire(error) };
    }
  };
  let queries = 0;
  const parked = [];
  const __dunlinQuery = ({ request, onSuccess }) => {
    const message = JSON.parse(request);
    if (message.o) parked.push(onSuccess);
    else {
      const answers = (message.c ?? []).map(([seq, url, params]) => Promise.resolve(run(url, { params })).then(({ data, error }) => (error ? [seq, 1, error] : [seq, 0, data ?? null])));
      Promise.all(answers).then(r => onSuccess(r.length === 0 ? '' : JSON.stringify({ r })));
    }
    return ++queries;
  };
  /** The stream lane: reserved parameters off, uploads put together. */
  const stream = (target, body) => {
    const [path, query = ''] = target.split('?');
    const all = new URLSearchParams(query), reserved = Object.fromEntries(['_', '_d', '_u', '_n', '_l', '_b'].map(name => [name, all.get(name)]));
    for (const name of Object.keys(reserved)) all.delete(name);
    if (reserved._u !== null) {
      const parts = [...(uploads.get(reserved._u) ?? []), body];
      uploads.set(reserved._u, parts);
      if (reserved._l !== '1') return { data: null };
      uploads.delete(reserved._u);
      body = Buffer.concat(parts.filter(part => part));
    }
    const rest = String(all);
    return run(path + (rest === '' ? '' : '?' + rest), { params: reserved._ === null ? {} : JSON.parse(reserved._), ...(body ? { body: new Uint8Array(body) } : {}) });
  };
  const kind = ({ data, error }) => (error ? 'err' : data instanceof Uint8Array ? 'bytes' : 'data');
  const payload = reply => (reply.error ? JSON.stringify({ err: reply.error }) : reply.data instanceof Uint8Array ? reply.data : JSON.stringify({ data: reply.data ?? null }));
  const realFetch = globalThis.fetch;
  const fetch = async (target, options = {}) => {
    if (!String(target).startsWith('ipc:')) return realFetch(target, options);
    // The mock pushes nothing: a stream that never has anything.
    if (String(target).startsWith('ipc://push/')) return new Response(new ReadableStream({}), { headers: { 'x-dunlin-reply': 'bytes' } });
    const body = options.body === null || options.body === undefined ? undefined : Buffer.from(await new Response(options.body).arrayBuffer());
    const reply = await stream(String(target), body);
    return new Response(payload(reply), { headers: { 'x-dunlin-reply': kind(reply) } });
  };
  class XMLHttpRequest {
    open(_method, target) { this.target = target; }
    overrideMimeType() {}
    setRequestHeader() {}
    send(body) {
      const reply = stream(this.target, body === null || body === undefined ? undefined : Buffer.from(body));
      if (reply instanceof Promise) throw new Error(`${this.target} is answered by an asynchronous function of the test: a synchronous call needs a synchronous one`);
      this.kind = kind(reply);
      this.status = 200;
      const bytes = Buffer.from(payload(reply));
      this.length = bytes.length;
      // x-user-defined: bytes above 0x7f come as U+F780 and on.
      this.responseText = Array.from(this.kind === 'bytes' && this.target.includes('_b=1') ? [0, ...bytes] : bytes, byte => String.fromCharCode(byte < 128 ? byte : 0xf700 + byte)).join('');
      this.padded = this.kind === 'bytes' && this.target.includes('_b=1');
    }
    getResponseHeader(name) { return name === 'x-dunlin-reply' ? this.kind : null; }
    getAllResponseHeaders() { return `x-dunlin-reply: ${this.kind}\r\ncontent-length: ${this.length + (this.padded ? 1 : 0)}\r\n${this.padded ? 'x-dunlin-pad: 1\r\n' : ''}`; }
  }
  class SecurityPolicyViolationEvent extends Event {
    constructor(type, init) {
      super(type, init);
      for (const [key, value] of Object.entries(init)) if (!(key in this)) this[key] = value;
    }
  }
  const changed = { __dunlinQuery, fetch, XMLHttpRequest, SecurityPolicyViolationEvent, window: globalThis, top: globalThis };
  if (globalThis.document === undefined) changed.document = new EventTarget();
  if (globalThis.location === undefined) changed.location = { href: runtime.origin + '/index.html', origin: runtime.origin };
  return changed;
}

const target = new EventTarget();
for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent']) globalThis[name] ??= target[name].bind(target);

let pages = 0;
/** One page loads after the other: the globals are everybody's. */
let turn = Promise.resolve();

export function importOn(runtime, url, { window = 0 } = {}) {
  const loading = turn.then(async () => {
    const page = ++pages;
    hosts[page] = facts(runtime, window);
    const before = new Map(), entries = performance.getEntriesByType;
    for (const [name, value] of Object.entries(globals(runtime, window))) {
      before.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    }
    performance.getEntriesByType = type => (type === 'navigation' ? [{ serverTiming: [{ name: 'dunlin', description: 'mock' }] }] : entries.call(performance, type));
    try {
      return await import(`${url}?dunlin=${page}`);
    } finally {
      performance.getEntriesByType = entries;
      for (const [name, descriptor] of before) descriptor === undefined ? delete globalThis[name] : Object.defineProperty(globalThis, name, descriptor);
    }
  });
  turn = loading.catch(() => {});
  return loading;
}
