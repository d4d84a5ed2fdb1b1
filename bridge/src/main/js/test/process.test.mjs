// process.stdin, signals and process.kill on a host in JavaScript.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { openPage, until } from './host.mjs';

function host() {
  const calls = [], taken = new Map();
  let pushed;
  const early = [];
  const push = (channel, text = '') => {
    const bytes = Buffer.from(text), head = Buffer.alloc(8);
    head.writeUInt32LE(bytes.length, 0);
    head.writeUInt32LE(channel, 4);
    const frame = new Uint8Array(Buffer.concat([head, bytes]));
    if (pushed === undefined) early.push(frame);
    else pushed.enqueue(frame);
  };
  const noted = (name, reply) => call => { calls.push([name, call.resource, call.params.count]); return reply(call); };
  const commands = {
    'push/': () => ({ bytes: new ReadableStream({ start: controller => { pushed = controller; early.forEach(one => pushed.enqueue(one)); } }) }),
    'push/credit': ({ params }) => { taken.set(params.channel, (taken.get(params.channel) ?? 0) + params.bytes); return { data: null }; },
    'process/stdin': noted('stdin', () => ({ data: { id: 'a'.repeat(32), channel: 1 } })),
    'handle/process/closeStdin': noted('closeStdin', () => ({ data: null })),
    'process/signal': noted('signal', ({ resource }) => (resource === '/SIGHUP' ? { err: { name: 'NotAllowedError', code: 'ERR_ACCESS_DENIED', message: 'add ipc://process/signal/SIGHUP' }, status: 403 } : { data: { id: 'b'.repeat(32), channel: 2 } })),
    'handle/process/goOn': noted('goOn', () => ({ data: null })),
    'handle/process/stopSignal': noted('stopSignal', () => ({ data: null })),
    'process/sendSignal': noted('sendSignal', ({ resource }) => (resource.startsWith('/7/') ? { err: { name: 'Error', code: 'ESRCH', errno: -3, syscall: 'kill', message: 'ESRCH: no such process, kill' } } : { data: null })),
  };
  return { commands, calls, push, taken };
}
async function open() {
  const to = host();
  const page = openPage(to.commands, { constants: { errno: {}, signals: { SIGHUP: 1, SIGINT: 2, SIGUSR2: 12, SIGTERM: 15 }, fs: {} } });
  return { ...to, page, process: (await page.load('process')).default };
}

test('stdin is a stream from its first use on: text, for await, its end', async () => {
  const { process, page, push, calls } = await open();
  assert.equal(calls.length, 0);
  process.stdin.setEncoding('utf8');
  const got = (async () => { let all = ''; for await (const chunk of process.stdin) { assert.equal(typeof chunk, 'string'); all += chunk; } return all; })();
  await until(() => calls.length === 1);
  const euro = Buffer.from('€');
  push(1, 'one, ');
  push(1, euro.subarray(0, 2));
  push(1, euro.subarray(2));
  push(1);
  assert.equal(await got, 'one, €');
  const { Readable } = await page.load('stream');
  assert.ok(process.stdin instanceof Readable);
  assert.equal(process.stdin.fd, 0);
  const { ReadStream } = await page.load('tty');
  assert.equal(new ReadStream(0), process.stdin);
});

test('stdin is piped, and what nobody reads gives no credit back', async () => {
  const { process, page, push, taken } = await open();
  const { PassThrough } = await page.load('stream');
  const through = process.stdin.pipe(new PassThrough());
  for (let i = 0; i < 20; i++) push(1, 'x'.repeat(64 << 10));
  await until(() => through.readableLength > 0);
  for (let i = 0; i < 100; i++) await new Promise(resolve => setImmediate(resolve));
  assert.ok((taken.get(1) ?? 0) < 10 * (64 << 10), `credit for ${taken.get(1)} bytes`);
  let bytes = 0;
  through.on('data', chunk => { bytes += chunk.length; });
  push(1);
  await once(through, 'end');
  assert.equal(bytes, 20 * (64 << 10));
});

test('stdin that is destroyed is given back', async () => {
  const { process, calls, push } = await open();
  process.stdin.once('data', () => process.stdin.destroy());
  push(1, 'x');
  await until(() => calls.some(([name]) => name === 'closeStdin'));
});

test('a listener to a signal has it told, and who prevents the default goes on', async () => {
  const { process, calls, push } = await open();
  const told = [];
  const listener = (...args) => told.push(args.slice(0, 2));
  process.on('SIGUSR2', listener);
  await until(() => calls.length === 1);
  assert.deepEqual(calls[0].slice(0, 2), ['signal', '/SIGUSR2']);
  push(2, '1');
  await until(() => told.length === 1);
  assert.deepEqual(told[0], ['SIGUSR2', 12]);
  process.once('SIGUSR2', (_name, _number, event) => event.preventDefault());
  push(2, '2');
  await until(() => calls.length === 2);
  assert.deepEqual(calls[1], ['goOn', `/${'b'.repeat(32)}`, 2]);
  process.off('SIGUSR2', listener);
  await until(() => calls.length === 3);
  assert.equal(calls[2][0], 'stopSignal');
});

test('socket:signal hears one signal, once if asked so; a denial is a warning', async () => {
  const { process, calls, push, page } = await open();
  const signal = await page.load('signal');
  const told = [];
  signal.addEventListener('SIGTERM', event => { told.push(event.detail.signal); event.preventDefault(); }, { once: true });
  push(2, '1');
  await until(() => calls.some(([name]) => name === 'stopSignal'));
  assert.deepEqual(told, [15]);
  assert.ok(calls.some(([name, , count]) => name === 'goOn' && count === 1));
  const warned = once(process, 'warning');
  process.on('SIGHUP', () => {});
  assert.match((await warned)[0].message, /ipc:\/\/process\/signal\/SIGHUP/);
});

test('kill sends a signal by name or number, and fails as Node does', async () => {
  const { process, calls } = await open();
  assert.equal(process.kill(42), true);
  process.kill(42, 12);
  process.kill(42, 0);
  assert.deepEqual(calls.map(([, resource]) => resource), ['/42/SIGTERM', '/42/SIGUSR2', '/42/0']);
  assert.throws(() => process.kill(7, 'SIGTERM'), { message: 'kill ESRCH', code: 'ESRCH', errno: -3, syscall: 'kill' });
  assert.throws(() => process.kill(7, 'SIGNONE'), { code: 'ERR_UNKNOWN_SIGNAL' });
  assert.throws(() => process.kill('7'), { code: 'ERR_INVALID_ARG_TYPE' });
});

test('what a worker writes is a stream of its parent, and the page\'s own output unless it asks for it', async () => {
  const written = [];
  const page = openPage({ 'console/write': ({ params }) => { written.push([params.level, params.message]); return { data: null }; } });
  const { Worker } = await page.load('worker_threads');
  const threads = [];
  globalThis.Worker = class extends EventTarget {
    constructor() { super(); threads.push(this); }
    postMessage(message) { this.first ??= message; }
    terminate() {}
  };
  const own = new Worker('/x.js', { stdout: true }), plain = new Worker('/x.js');
  own.stdout.setEncoding('utf8');
  const say = (thread, fd, text, id) => thread.first.output.postMessage({ fd, id, chunk: new TextEncoder().encode(text) });
  const taken = [];
  threads[0].first.output.onmessage = ({ data }) => taken.push(data);
  for (let id = 1; id <= 20; id++) say(threads[0], 1, 'x'.repeat(16 << 10), id);
  say(threads[0], 2, 'an error', 21);
  await until(() => written.length === 1);
  assert.deepEqual(written.splice(0), [['stderr', 'an error']]);
  assert.ok(taken.length < 15, `${taken.length} writes were taken of who nobody reads`);
  let all = '';
  own.stdout.on('data', text => { all += text; });
  await until(() => taken.length === 21);
  assert.equal(all.length, 20 * (16 << 10));
  say(threads[1], 1, 'plain', 1);
  await until(() => written.length === 1);
  assert.deepEqual(written, [['stdout', 'plain']]);
  const ended = once(own.stdout, 'end');
  await own.terminate();
  await ended;
  await plain.terminate();
  for (const { first } of threads) first.output.close();
  assert.throws(() => new Worker('/x.js', { stdin: true }), /options\.stdin/);
});
