import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, until } from './host.mjs';

const denial = { name: 'NotAllowedError', code: 'ERR_ACCESS_DENIED', message: 'add ipc://fs/readFile/x to connect-src', source: 'ipc://fs/readFile/x', directive: 'connect-src' };

test('a hundred calls of one microtask travel as one message, after the channel', async () => {
  const page = openPage({ 'os/echo': ({ params }) => ({ data: params.n }) });
  const ipc = await page.load('ipc');
  const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => ipc.call('ipc://os/echo', { n })));
  assert.deepEqual(answers, Array.from({ length: 100 }, (_, n) => n));
  assert.deepEqual(page.messages[0], { d: 'doc-1', o: 1 });
  assert.equal(page.messages.length, 2);
  assert.equal(page.messages[1].d, 'doc-1');
  assert.equal(new Set(page.calls().map(([seq]) => seq)).size, 100);
  assert.ok(page.calls().every(([seq]) => Number.isInteger(seq) && seq > 0));
});

test('replies that come out of order and over the channel reach their own callers', async () => {
  const waiting = [];
  const page = openPage({ 'os/slow': ({ params }) => new Promise(resolve => waiting.push(() => resolve({ data: params.n }))), 'os/fast': () => ({ data: 'fast' }) });
  const ipc = await page.load('ipc');
  const calls = [ipc.call('ipc://os/slow', { n: 1 }), ipc.call('ipc://os/fast'), ipc.call('ipc://os/slow', { n: 2 })];
  assert.equal(await calls[1], 'fast');
  waiting[1]();
  assert.equal(await calls[2], 2);
  waiting[0]();
  assert.equal(await calls[0], 1);
});

test('never more calls in flight than the host allows; the rest follow', async () => {
  let open = 0, most = 0;
  const page = openPage({ 'os/n': () => { most = Math.max(most, ++open); return new Promise(resolve => setImmediate(() => { open--; resolve({ data: 1 }); })); } },
    { limits: { messageBytes: 1 << 20, replyBytes: 65536, bodyBytes: 8 << 20, callsInFlight: 10 } });
  const ipc = await page.load('ipc');
  assert.equal((await Promise.all(Array.from({ length: 95 }, () => ipc.call('ipc://os/n')))).length, 95);
  assert.equal(most, 10);
});

test('calls past a bound that others of the document share wait until the host takes them', async () => {
  const ends = [], page = openPage({ 'os/long': () => new Promise(resolve => ends.push(() => resolve({ data: 1 }))) },
    { limits: { messageBytes: 1 << 20, replyBytes: 65536, bodyBytes: 8 << 20, callsInFlight: 100 } });
  // Of the 100 others have 4: a call of the stream lane is enough.
  let room = 96;
  page.admit = message => (message.c.length > room ? [3, 'too many'] : void (room -= message.c.length));
  const ipc = await page.load('ipc');
  const all = Array.from({ length: 100 }, () => ipc.call('ipc://os/long'));
  const left = new AbortController();
  const given = ipc.call('ipc://os/long', undefined, { signal: left.signal });
  await until(() => ends.length === 96);
  left.abort();
  await assert.rejects(given, { name: 'AbortError' });
  ends.splice(0).forEach(end => end());
  // What becomes free nobody tells.
  room += 2;
  await until(() => ends.length === 2);
  ends.splice(0).forEach(end => end());
  room += 1;
  await until(() => ends.length === 1);
  room += 1;
  await until(() => ends.length === 2);
  ends.forEach(end => end());
  assert.equal((await Promise.all(all)).length, 100);
});

test('calls of several refused messages, and those that came later, reach the host in their order', async () => {
  const got = [], page = openPage({ 'os/w': ({ params }) => { got.push(params.n); return { data: 1 }; } }, { limits: { messageBytes: 1000, replyBytes: 65536, bodyBytes: 8 << 20, callsInFlight: 100 } });
  let full = true;
  page.admit = () => (full ? [3, 'too many'] : undefined);
  const ipc = await page.load('ipc');
  const all = Array.from({ length: 8 }, (_, n) => ipc.call('ipc://os/w', { n, text: 'x'.repeat(300) }));
  await until(() => page.calls().length >= 8);
  all.push(ipc.call('ipc://os/w', { n: 8 }));
  full = false;
  await Promise.all(all);
  assert.deepEqual(got, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

test('a small message posted before a large one was known to be refused does not overtake it', async () => {
  const got = [], page = openPage({ 'os/w': ({ params }) => { got.push(params.n); return { data: 1 }; } });
  let room = 5;
  page.admit = message => (message.c.length > room ? [3, 'too many'] : undefined);
  const ipc = await page.load('ipc');
  const all = Array.from({ length: 8 }, (_, n) => ipc.call('ipc://os/w', { n }));
  await null;
  await null;
  all.push(ipc.call('ipc://os/w', { n: 8 }));
  await null;
  await null;
  assert.equal(page.messages.filter(message => message.c).length, 2, 'both are posted');
  const later = setTimeout(() => { room = 100; }, 5);
  await Promise.all(all);
  clearTimeout(later);
  assert.deepEqual(got, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

test('the pause grows while one call alone is refused, and it goes at last', async () => {
  const pauses = [], { setTimeout } = globalThis;
  globalThis.setTimeout = (run, ms, ...rest) => { if (ms >= 50) pauses.push(ms); return setTimeout(run, 0, ...rest); };
  const page = openPage({ 'os/n': () => ({ data: 1 }) });
  let refusals = 7;
  page.admit = () => (refusals-- > 0 ? [3, 'too many'] : undefined);
  const ipc = await page.load('ipc');
  assert.equal(await ipc.call('ipc://os/n'), 1);
  globalThis.setTimeout = setTimeout;
  assert.deepEqual(pauses.slice(0, 7), [50, 100, 200, 400, 800, 800, 800]);
  assert.equal(page.calls().length, 8);
});

test('a batch over the message limit goes as several messages; one call over it fails with what to do', async () => {
  const page = openPage({ 'os/echo': ({ params }) => ({ data: params.text.length }) }, { limits: { messageBytes: 1000, replyBytes: 65536, bodyBytes: 8 << 20, callsInFlight: 100 } });
  const ipc = await page.load('ipc');
  assert.deepEqual(await Promise.all(Array.from({ length: 10 }, () => ipc.call('ipc://os/echo', { text: 'x'.repeat(300) }))), Array(10).fill(300));
  assert.ok(page.messages.every(message => JSON.stringify(message).length <= 1000));
  await assert.rejects(ipc.call('ipc://os/echo', { text: 'x'.repeat(2000) }), { code: 'ERR_MESSAGE_TOO_LARGE', message: /ipc\.upload/ });
});

test('params that are not JSON fail their own call only', async () => {
  const page = openPage({ 'os/echo': ({ params }) => ({ data: params.n }) });
  const ipc = await page.load('ipc');
  const cycle = {};
  cycle.cycle = cycle;
  const [a, b, c] = await Promise.allSettled([ipc.call('ipc://os/echo', { n: 1 }), ipc.call('ipc://os/echo', cycle), ipc.call('ipc://os/echo', { n: 3 })]);
  assert.equal(a.value, 1);
  assert.ok(b.reason instanceof TypeError);
  assert.equal(c.value, 3);
});

test('an aborted signal cancels in the host, and the late reply changes nothing', async () => {
  let release;
  const page = openPage({ 'os/slow': () => new Promise(resolve => { release = resolve; }) });
  const ipc = await page.load('ipc');
  const controller = new AbortController();
  const call = ipc.call('ipc://os/slow', undefined, { signal: controller.signal });
  await until(() => release);
  controller.abort(new Error('enough'));
  await assert.rejects(call, error => error.name === 'AbortError' && error.code === 'ABORT_ERR' && error.cause.message === 'enough');
  await until(() => page.messages.some(message => message.x));
  assert.deepEqual(page.messages.at(-1).x, [page.calls()[0][0]]);
  release({ data: 1 });
  await assert.rejects(ipc.call('ipc://os/slow', undefined, { signal: controller.signal }), { name: 'AbortError' });
  assert.equal(page.calls().length, 1, 'a call whose signal is aborted already is never sent');
});

test('a timeout cancels and rejects with TimeoutError', async () => {
  const page = openPage({ 'os/never': () => new Promise(() => {}) });
  const ipc = await page.load('ipc');
  await assert.rejects(ipc.call('ipc://os/never', undefined, { timeout: 5 }), { name: 'TimeoutError', code: 'TIMEOUT_ERR' });
  await until(() => page.messages.some(message => message.x));
  const { err } = await ipc.request('os.never', {}, { timeout: 5 });
  assert.equal(err.name, 'TimeoutError');
});

test('errors come back as the right class with every member', async () => {
  const page = openPage({
    'fs/open': () => ({ err: { name: 'Error', code: 'ENOENT', errno: -2, syscall: 'open', path: '/x', message: "ENOENT: no such file or directory, open '/x'" } }),
    'fs/bad': () => ({ err: { name: 'RangeError', code: 'ERR_X', message: 'far' } }),
    'fs/evil': () => ({ err: JSON.parse('{"name":"Weird","message":"m","__proto__":{"polluted":1},"constructor":"c"}') }),
  });
  const ipc = await page.load('ipc');
  await assert.rejects(ipc.call('ipc://fs/open/x'), error => error.constructor === Error && error.code === 'ENOENT' && error.errno === -2 && error.syscall === 'open' && error.path === '/x');
  await assert.rejects(ipc.call('ipc://fs/bad'), error => error instanceof RangeError && error.code === 'ERR_X');
  await assert.rejects(ipc.call('ipc://fs/evil'), error => error instanceof Error && error.name === 'Weird' && error.polluted === undefined);
  await assert.rejects(ipc.call('ipc://no/such'), { code: 'ERR_UNKNOWN_COMMAND' });
});

test('a refused message fails every call in it with the reason', async () => {
  const page = openPage();
  page.refuse = [1, 'malformed'];
  const ipc = await page.load('ipc');
  const results = await Promise.allSettled([ipc.call('ipc://a/b'), ipc.call('ipc://a/c')]);
  assert.deepEqual(results.map(result => result.reason.code), ['ERR_INVALID_CALL', 'ERR_INVALID_CALL']);
  page.refuse = [-1, ''];
  await assert.rejects(ipc.call('ipc://a/b'), { code: 'ERR_NO_BRIDGE' });
});

test('characters beyond the BMP travel as escapes, and arrive as they were', async () => {
  const page = openPage({ 'os/echo': ({ params }) => ({ data: params.text }) });
  const ipc = await page.load('ipc');
  const raw = [];
  const own = globalThis.__dunlinQuery;
  globalThis.__dunlinQuery = query => { raw.push(query.request); return own(query); };
  const fresh = await page.load('ipc');
  const text = 'a🐦b\ud83d𝄞 é日本';
  assert.equal(await fresh.call('ipc://os/echo', { text }), text);
  assert.doesNotMatch(raw.join(''), /[\ud800-\udfff]/);
  assert.equal(await ipc.call('ipc://os/echo', { text: 'plain' }), 'plain');
});

test('a closed channel fails what is under way, and the next call opens another', async () => {
  const page = openPage({ 'a/never': () => new Promise(() => {}), 'a/b': () => ({ data: 1 }) });
  const ipc = await page.load('ipc');
  const call = ipc.call('ipc://a/never');
  await until(() => page.calls().length === 1);
  page.parked.shift().onFailure(0, 'closed');
  await assert.rejects(call, { code: 'ERR_NO_BRIDGE' });
  assert.equal(await ipc.call('ipc://a/b'), 1);
  assert.equal(page.messages.filter(message => message.o).length, 2);
});

test('a reply too large for the call lane is fetched by the stream lane', async () => {
  const page = openPage({ 'os/big': ({ lane, params }) => (lane === 'call' ? { err: { name: 'RangeError', code: 'ERR_REPLY_TOO_LARGE', message: '' } } : { data: 'x'.repeat(params.n) }) });
  const ipc = await page.load('ipc');
  assert.equal((await ipc.call('ipc://os/big', { n: 100_000 })).length, 100_000);
  assert.equal(page.fetched[0]._d, 'doc-1');
});

test('a denial is NotAllowedError and fires securitypolicyviolation on both lanes', async () => {
  const page = openPage({ 'fs/readFile': () => ({ err: denial, status: 403 }) });
  const ipc = await page.load('ipc');
  for (const call of [ipc.call, ipc.callBytes]) {
    await assert.rejects(call('ipc://fs/readFile/x'), error => error.name === 'NotAllowedError' && error.code === 'ERR_ACCESS_DENIED' && error.source === 'ipc://fs/readFile/x');
  }
  assert.equal(page.denials.length, 2);
  assert.equal(page.denials[0].blockedURI, 'ipc://fs/readFile/x');
  assert.equal(page.denials[0].effectiveDirective, 'connect-src');
});

test("what Chromium's own check refuses is the same error; what fails otherwise is not", async () => {
  const page = openPage();
  const ipc = await page.load('ipc');
  page.block = () => true;
  await assert.rejects(ipc.callBytes('ipc://fs/readFile/x', { start: 1 }), { name: 'NotAllowedError', code: 'ERR_ACCESS_DENIED', source: 'ipc://fs/readFile/x' });
  const dispatch = document.dispatchEvent;
  document.dispatchEvent = () => true;
  await assert.rejects(ipc.callBytes('ipc://fs/readFile/x'), { name: 'NetworkError', code: 'ERR_NO_BRIDGE' });
  document.dispatchEvent = dispatch;
});

test('a nested frame uses the stream lane for everything and names its document', async () => {
  const page = openPage({ 'os/echo': ({ params, lane }) => ({ data: [lane, params] }) }, {}, { top: false });
  const ipc = await page.load('ipc');
  assert.deepEqual(await ipc.call('ipc://os/echo', { a: [1, 'é&=#'] }), ['stream', { a: [1, 'é&=#'] }]);
  assert.equal(page.messages.length, 0);
  assert.equal(page.fetched[0]._d, 'doc-1');
  assert.equal(ipc.commandUrl('child_process', 'spawn', '/usr/bin/git'), 'ipc://child-process/spawn/usr/bin/git');
});

test('a page that replaces built-ins later neither sees nor forges calls', async () => {
  const page = openPage({ 'os/echo': ({ params }) => ({ data: params.n }), 'fs/b': () => ({ bytes: Buffer.from('abc') }), 'os/big': ({ lane }) => (lane === 'call' ? { err: { code: 'ERR_REPLY_TOO_LARGE' } } : { data: 'big' }) });
  const ipc = await page.load('ipc');
  const stolen = [];
  const trap = name => function trapped() { stolen.push(name); throw new Error(`stolen ${name}`); };
  const taken = [
    [JSON, 'parse'], [JSON, 'stringify'], [globalThis, 'Promise'], [globalThis, 'Map'], [globalThis, 'queueMicrotask'], [globalThis, 'fetch'], [globalThis, '__dunlinQuery'],
    [Map.prototype, 'get'], [Map.prototype, 'set'], [Map.prototype, 'delete'], [Response.prototype, 'text'], [Response.prototype, 'arrayBuffer'], [Headers.prototype, 'get'],
    [String.prototype, 'split'], [String.prototype, 'startsWith'],
  ].map(([holder, name]) => [holder, name, Object.getOwnPropertyDescriptor(holder, name)]);
  const { defineProperty } = Object, own = globalThis.fetch;
  // The mock host needs its own built-ins: it answers from what it had.
  const calls = [];
  const pending = (() => {
    for (const [holder, name] of taken) defineProperty(holder, name, { value: trap(name), configurable: true, writable: true });
    calls[0] = ipc.call(ipc.commandUrl('os', 'echo'), { n: 7 });
    for (const [holder, name, was] of taken) defineProperty(holder, name, was);
  });
  pending();
  assert.equal(await calls[0], 7);
  assert.deepEqual(stolen, []);
  // The client's side of sending and receiving, with the traps set all the while and a host that uses none of the trapped.
  let sent, got;
  globalThis.fetch = own;
  const page2 = openPage();
  globalThis.__dunlinQuery = query => { if (!query.request.includes('"o":1')) sent = query; return 1; };
  const ipc2 = await page2.load('ipc');
  const call = ipc2.call('ipc://os/echo', { n: 1 });
  for (const [holder, name] of taken) if (name !== 'Promise' && name !== 'Map') defineProperty(holder, name, { value: trap(name), configurable: true, writable: true });
  try {
    await null;
    await null;
    sent.onSuccess('{"r":[[1,0,"forged?"]]}');
    got = await call;
  } finally {
    for (const [holder, name, was] of taken) defineProperty(holder, name, was);
  }
  assert.equal(got, 'forged?');
  assert.match(sent.request, /"ipc:\/\/os\/echo"/);
  assert.deepEqual(stolen, []);
});

test('uploads: one piece, parts in order, streams, and sources that fail', async () => {
  const page = openPage({ 'fs/writeFile': ({ body, params }) => ({ data: [body.length, body.reduce((sum, byte) => (sum + byte) % 65521, 0), params.flag] }) });
  const ipc = await page.load('ipc');
  const part = ipc.UPLOAD_PART_BYTES;
  const bytes = Uint8Array.from({ length: part * 2 + 5 }, (_, i) => i % 251);
  const sum = bytes.reduce((total, byte) => (total + byte) % 65521, 0);
  assert.deepEqual(await ipc.upload('ipc://fs/writeFile/x', new Uint8Array([1, 2]), { flag: 'a' }), [2, 3, 'a']);
  assert.equal(page.fetched[0]._u, null);
  assert.deepEqual(await ipc.upload('ipc://fs/writeFile/x', bytes, { flag: 'w' }), [bytes.length, sum, 'w']);
  assert.deepEqual(page.fetched.slice(1).map(({ _n, _l, size }) => [_n, _l, size]), [['0', null, part], ['1', null, part], ['2', '1', 5]]);
  assert.match(page.fetched[1]._u, /^[0-9a-f]{32}$/);
  assert.equal((await ipc.upload('ipc://fs/writeFile/x', new Blob([bytes])))[1], sum);
  const stream = new ReadableStream({ start(controller) { for (let at = 0; at < bytes.length; at += 999_983) controller.enqueue(bytes.subarray(at, at + 999_983)); controller.close(); } });
  assert.deepEqual((await ipc.upload('ipc://fs/writeFile/x', stream)).slice(0, 2), [bytes.length, sum]);
  async function* exact() { yield bytes.subarray(0, part); }
  assert.equal((await ipc.upload('ipc://fs/writeFile/x', exact()))[0], part);
  assert.equal(page.fetched.at(-1)._u, null, 'what fits one part goes whole');
  assert.equal((await ipc.upload('ipc://fs/writeFile/x', (async function* () {})()))[0], 0);

  const before = page.uploads.size;
  async function* failing() { yield bytes; throw new Error('disk gone'); }
  await assert.rejects(ipc.upload('ipc://fs/writeFile/x', failing()), { message: 'disk gone' });
  assert.equal(page.uploads.size, before + 1);
  assert.equal([...page.uploads.values()].at(-1).brokenOff, true, 'the host is told that the rest never comes');
});

test('an aborted fetch is cancelled and rejects with AbortError', async () => {
  const page = openPage({ 'fs/slow': () => new Promise(() => {}) });
  const ipc = await page.load('ipc');
  const controller = new AbortController();
  const call = ipc.callBytes('ipc://fs/slow/x', undefined, { signal: controller.signal });
  await until(() => page.fetched.length === 1);
  controller.abort();
  await assert.rejects(call, { name: 'AbortError' });
  assert.match(page.aborted, /^ipc:\/\/fs\/slow\/x/);
});

test('push frames cut anywhere reach their channel in order, and credit goes back as they are consumed', async () => {
  const frame = (channel, payload) => { const bytes = Buffer.alloc(8 + payload.length); bytes.writeUInt32LE(payload.length); bytes.writeUInt32LE(channel, 4); bytes.set(payload, 8); return bytes; };
  let controller;
  const credits = [];
  const page = openPage({
    'push/': () => ({ bytes: new ReadableStream({ start: c => { controller = c; } }) }),
    'push/credit': ({ params }) => { credits.push(params); return { data: null }; },
  });
  const ipc = await page.load('ipc');
  const one = [], two = [];
  let hold;
  ipc.onPush(1, bytes => { one.push(Buffer.from(bytes).toString()); });
  await until(() => controller);
  const text = Buffer.concat([frame(1, Buffer.from('a')), frame(2, Buffer.from('early')), frame(1, Buffer.from('bc'))]);
  for (const byte of text) controller.enqueue(Uint8Array.of(byte));
  await until(() => one.length === 2);
  assert.deepEqual(one, ['a', 'bc']);
  const stop = ipc.onPush(2, bytes => { two.push(bytes.byteLength); return hold; });
  assert.deepEqual(two, [5], 'frames that came before their consumer waited');
  assert.deepEqual(credits, []);
  let resume;
  hold = new Promise(resolve => { resume = resolve; });
  for (let i = 0; i < 4; i++) controller.enqueue(frame(2, Buffer.alloc(100_000)));
  await until(() => two.length === 2);
  assert.deepEqual(credits, [], 'no credit for what is not consumed');
  hold = undefined;
  resume();
  await until(() => credits.length === 1);
  assert.deepEqual(credits, [{ channel: 2, bytes: 300_005 }]);
  stop();
  controller.enqueue(frame(2, Buffer.from('late')));
  controller.enqueue(frame(1, Buffer.from('z')));
  await until(() => one.length === 3);
  assert.equal(two.length, 5);
  let ended = 0;
  controller.enqueue(frame(3, Buffer.from('last')));
  controller.enqueue(frame(3, Buffer.alloc(0)));
  const three = [];
  ipc.onPush(3, bytes => { three.push(Buffer.from(bytes).toString()); }, () => { ended++; });
  await until(() => ended === 1);
  assert.deepEqual(three, ['last'], 'an empty frame is the end of its channel, after all before it');
});

test('events reach listeners and globalThis; one that throws stops nobody', async t => {
  const page = openPage();
  const reported = [];
  globalThis.reportError = error => reported.push(error.message);
  t.after(() => { delete globalThis.reportError; });
  const ipc = await page.load('ipc');
  const heard = [];
  globalThis.addEventListener('hello', event => heard.push(event.detail), { once: true });
  ipc.on('hello', () => { throw new Error('bad listener'); });
  const stop = ipc.on('hello', detail => heard.push(detail));
  page.push({ e: [['hello', { a: 1 }]] });
  stop();
  page.push({ e: [['hello', 2]] });
  assert.deepEqual(heard, [{ a: 1 }, { a: 1 }]);
  assert.deepEqual(reported, ['bad listener', 'bad listener']);
});

test("the reference's names: send, request, write, sendSync, createBinding, Result", async () => {
  const page = openPage({
    'fs/readFile': ({ resource, params, lane }) => (params.encoding ? { data: [resource, lane] } : { bytes: Buffer.from([0, 127, 128, 255]) }),
    'fs/writeFile': ({ resource, body }) => ({ data: [resource, body.toString()] }),
    'os/value': ({ params }) => ({ data: params.value }),
  });
  const ipc = await page.load('ipc');
  const [err, data, source] = await ipc.send('fs.readFile', { path: '/a b/ä#%?', encoding: 'utf8' });
  assert.deepEqual([err, data, source], [null, ['/a b/ä#%?', 'call'], 'fs.readFile']);
  assert.deepEqual([...(await ipc.request('fs.readFile', { path: '/x' })).data], [0, 127, 128, 255]);
  assert.deepEqual((await ipc.write('fs.writeFile', { src: '/x' }, 'hallo')).data, ['/x', 'hallo']);
  assert.deepEqual([...ipc.sendSync('fs.readFile', { path: '/x' }).data], [0, 127, 128, 255]);
  assert.equal(ipc.sendSync('os.value', 'é').data, 'é');
  assert.equal(ipc.sendSync('no.such').err.code, 'ERR_UNKNOWN_COMMAND');
  assert.equal((await ipc.send('nodot')).err.code, 'ERR_INVALID_ARG_VALUE');
  assert.equal((await ipc.createBinding('os').value(5)).data, 5);
  assert.equal(ipc.createBinding('os', { value: 'sendSync' }).value(6).data, 6);
  assert.equal(ipc.maybeMakeError({ type: 'NotFoundError', message: 'm' }).name, 'NotFoundError');
  assert.equal(ipc.Message.from('fs.open', { path: '/a b' }).toString(), 'ipc://fs/open?path=%2Fa%20b');
  assert.equal(ipc.Message.from('fs.open').command, 'fs.open');
});

test('a synchronous call that Chromium refuses is NotAllowedError, one that breaks off is NetworkError', async () => {
  const page = openPage({ 'os/n': () => ({ data: 1 }) });
  const ipc = await page.load('ipc');
  page.block = () => true;
  assert.throws(() => ipc.callSync('ipc://os/cpus'), { name: 'NotAllowedError', code: 'ERR_ACCESS_DENIED', source: 'ipc://os/cpus' });
  page.once = true;
  for (let i = 0; i < 2; i++) assert.throws(() => ipc.callSync('ipc://os/cpus'), { name: 'NotAllowedError' }, 'Chromium tells of equal ones once');
  page.block = undefined;
  page.breakOff = () => true;
  for (const record of [undefined, { blockedURL: 'https://elsewhere.example/', disposition: 'enforce' }, { blockedURL: 'ipc', disposition: 'report' }]) {
    page.violation = record;
    assert.throws(() => ipc.callSync('ipc://os/cpus'), { name: 'NetworkError', code: 'ERR_NO_BRIDGE' });
  }
  page.breakOff = page.block = undefined;
  page.violations.push({ body: { blockedURL: 'ipc', disposition: 'enforce' } });
  assert.equal(ipc.callSync('ipc://os/n').data, 1);
  page.breakOff = () => true;
  page.violations.push({ body: { blockedURL: 'ipc', disposition: 'enforce' } });
  assert.throws(() => ipc.callSync('ipc://os/cpus'), { name: 'NetworkError' }, 'an earlier violation is not this one\'s');
});

test('bytes that begin with a byte order mark come whole through a synchronous call, or not at all', async () => {
  const bytes = Buffer.from('\ufeffä');
  const page = openPage({ 'fs/readFile': () => ({ bytes }) });
  const ipc = await page.load('ipc');
  assert.deepEqual([...ipc.callSync('ipc://fs/readFile/x').bytes], [...bytes]);
  page.oldHost = true;
  assert.throws(() => ipc.callSync('ipc://fs/readFile/x'), { name: 'NetworkError' });
});

test('an upload aborted between two parts is ended in the host', async () => {
  const page = openPage({ 'fs/writeFile': ({ body }) => ({ data: body.length }) });
  const ipc = await page.load('ipc');
  const controller = new AbortController();
  async function* source() {
    yield new Uint8Array(ipc.UPLOAD_PART_BYTES + 1);
    controller.abort();
    yield new Uint8Array(ipc.UPLOAD_PART_BYTES);
  }
  await assert.rejects(ipc.upload('ipc://fs/writeFile/x', source(), undefined, { signal: controller.signal }), { name: 'AbortError' });
  assert.equal([...page.uploads.values()][0].brokenOff, true);
});

test('a call whose document id the host does not know goes by the stream lane, and so do all after it', async () => {
  const page = openPage({ 'os/n': ({ lane }) => ({ data: lane }) });
  page.refuse = [4, 'whatever it says'];
  const { warn } = console;
  const { setTimeout } = globalThis;
  const warnings = [];
  console.warn = text => warnings.push(text);
  globalThis.setTimeout = (run, ms, ...rest) => setTimeout(run, ms === 1000 ? 0 : ms, ...rest);
  const ipc = await page.load('ipc');
  assert.equal(await ipc.call('ipc://os/n'), 'stream');
  assert.equal(await ipc.call('ipc://os/n'), 'stream');
  await new Promise(later => setTimeout(later, 1));
  Object.assign(console, { warn });
  globalThis.setTimeout = setTimeout;
  assert.equal(warnings.length, 1);
  assert.match(warnings[0], /whatever it says/);
  assert.equal(page.calls().length, 1);
  assert.deepEqual(page.fetched.map(({ _d }) => _d), [null, null]);
});

test('a document without an id uses the stream lane for everything', async () => {
  const page = openPage({ 'os/n': ({ lane }) => ({ data: lane }) });
  const entries = performance.getEntriesByType;
  performance.getEntriesByType = () => [];
  const ipc = await page.load('ipc');
  performance.getEntriesByType = entries;
  assert.equal(await ipc.call('ipc://os/n'), 'stream');
  ipc.on('x', () => {});
  assert.equal(page.messages.length, 0);
});

test('a blob is sent as bytes, for the engine gives the host nothing else', async () => {
  const page = openPage({ 'fs/writeFile': ({ body }) => ({ data: body.length }) });
  const bodies = [], own = globalThis.fetch;
  globalThis.fetch = (target, init) => { bodies.push(init.body); return own(target, init); };
  const ipc = await page.load('ipc');
  assert.equal(await ipc.upload('ipc://fs/writeFile/x', new Blob(['abc'], { type: 'text/plain' })), 3);
  const long = ipc.UPLOAD_PART_BYTES * 2 + 1;
  assert.equal(await ipc.upload('ipc://fs/writeFile/x', new Blob([new Uint8Array(long)])), long);
  assert.ok(bodies.length === 4 && bodies.every(body => body instanceof Uint8Array));
});
