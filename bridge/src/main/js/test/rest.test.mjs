import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import zlib from 'node:zlib';
import { test } from 'node:test';
import { openPage } from './host.mjs';

test('hashes, HMAC and derived keys are those of Node', async () => {
  const ours = await openPage().load('crypto');
  for (const name of ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'sha3-256', 'ripemd160', 'blake2b512', 'RSA-SHA256']) {
    assert.equal(ours.createHash(name).update('a').update('bé').digest('hex'), crypto.createHash(name).update('a').update('bé').digest('hex'), name);
  }
  assert.equal(ours.createHmac('sha256', 'key').update('x').digest('base64'), crypto.createHmac('sha256', 'key').update('x').digest('base64'));
  assert.equal(ours.pbkdf2Sync('p', 's', 100, 32, 'sha512').toString('hex'), crypto.pbkdf2Sync('p', 's', 100, 32, 'sha512').toString('hex'));
  assert.equal(ours.scryptSync('p', 's', 32, { N: 1024 }).toString('hex'), crypto.scryptSync('p', 's', 32, { N: 1024 }).toString('hex'));
  assert.deepEqual(new Uint8Array(ours.hkdfSync('sha256', 'k', 's', 'i', 42)), new Uint8Array(crypto.hkdfSync('sha256', 'k', 's', 'i', 42)));
  const hash = ours.createHash('sha1');
  hash.digest();
  assert.throws(() => hash.update('late'), { code: 'ERR_CRYPTO_HASH_FINALIZED' });
  assert.throws(() => ours.createHash('nope'), { code: 'ERR_CRYPTO_INVALID_DIGEST' });
  assert.deepEqual(['', 'a', 'hello', 'hello, world'].map(text => ours.murmur3(text)), [0, 0x3c2569b2, 0x248bfa47, 0x149bbb7f]);
  assert.equal(ours.randomBytes(100_000).length, 100_000);
  assert.throws(() => ours.randomBytes(-1), { code: 'ERR_OUT_OF_RANGE' });
  for (let i = 0; i < 100; i++) { const drawn = ours.randomInt(3, 6); assert.ok(drawn >= 3 && drawn < 6); }
  assert.equal(ours.timingSafeEqual(new Uint8Array([1]), new Uint8Array([1])), true);
  assert.throws(() => ours.timingSafeEqual(new Uint8Array(1), new Uint8Array(2)), { code: 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH' });
});

test('libsodium seals and opens', async () => {
  const { default: sodium } = await openPage().load('crypto/sodium');
  await sodium.ready;
  const key = sodium.crypto_secretbox_keygen(), nonce = sodium.randombytes_buf(sodium.crypto_secretbox_NONCEBYTES);
  assert.equal(sodium.to_string(sodium.crypto_secretbox_open_easy(sodium.crypto_secretbox_easy('hi', nonce, key), nonce, key)), 'hi');
});

test('what zlib writes Node reads, and the other way round', async () => {
  const ours = await openPage().load('zlib'), { pipeline } = await openPage().load('stream/promises');
  const text = 'The quick brown fox. '.repeat(500);
  for (const [pack, unpack] of [['gzipSync', 'gunzipSync'], ['deflateSync', 'inflateSync'], ['deflateRawSync', 'inflateRawSync'], ['gzipSync', 'unzipSync'], ['deflateSync', 'unzipSync']]) {
    assert.equal(zlib[unpack](ours[pack](text)).toString(), text, pack);
    assert.equal(ours[unpack](zlib[pack](text)).toString(), text, unpack);
  }
  assert.equal(ours.crc32('hello'), 0x3610a686);
  assert.throws(() => ours.inflateSync(Buffer.from('nonsense')), { code: 'Z_DATA_ERROR', errno: -3 });
  assert.throws(() => ours.gunzipSync(zlib.gzipSync(text).subarray(0, 40)), { code: 'Z_BUF_ERROR', message: 'unexpected end of file' });
  assert.throws(() => ours.gunzipSync(zlib.gzipSync(text), { maxOutputLength: 100 }), { code: 'ERR_BUFFER_TOO_LARGE' });
  const gzip = ours.createGzip(), chunks = [];
  gzip.on('data', chunk => chunks.push(chunk));
  const done = new Promise(resolve => gzip.on('end', resolve));
  gzip.write(text.slice(0, 5000));
  gzip.end(text.slice(5000));
  await done;
  assert.equal(zlib.gunzipSync(Buffer.concat(chunks)).toString(), text);
});

test('timers: clear, refresh, abort, and what is no function', async () => {
  const timers = await openPage().load('timers'), promises = await openPage().load('timers/promises');
  const log = [];
  timers.clearTimeout(timers.setTimeout(() => log.push('cleared'), 0));
  await new Promise(resolve => timers.setTimeout(value => { log.push(value); resolve(); }, 1, 'fired'));
  assert.deepEqual(log, ['fired']);
  assert.equal(await promises.setTimeout(1, 'v'), 'v');
  assert.equal(await promises.setImmediate('i'), 'i');
  await assert.rejects(promises.setTimeout(10_000, null, { signal: AbortSignal.abort() }), { name: 'AbortError', code: 'ABORT_ERR' });
  assert.throws(() => timers.setTimeout('code'), { code: 'ERR_INVALID_ARG_TYPE' });
  let ticks = 0;
  for await (const _ of promises.setInterval(1)) if (++ticks === 3) break;
  assert.equal(ticks, 3);
});

test('diagnostics_channel: who listens hears, one that throws stops nobody', async () => {
  const channels = await openPage().load('diagnostics_channel');
  const heard = [], listener = (message, name) => heard.push([message, name]);
  channels.subscribe('x', listener);
  channels.channel('x').publish(1);
  assert.equal(channels.unsubscribe('x', listener), true);
  channels.channel('x').publish(2);
  assert.deepEqual(heard, [[1, 'x']]);
  const events = [], tracing = channels.tracingChannel('t');
  tracing.subscribe(Object.fromEntries(['start', 'end', 'error'].map(name => [name, () => events.push(name)])));
  assert.throws(() => tracing.traceSync(() => { throw new Error('no'); }), /no/);
  assert.deepEqual(events, ['start', 'error', 'end']);
});

test('http asks by fetch, and fails as Node does', async () => {
  const page = openPage(), http = await page.load('http'), own = globalThis.fetch;
  globalThis.fetch = async (url, options) => { await new Promise(resolve => setTimeout(resolve, 5)); options.signal.throwIfAborted(); if (url.includes('down')) throw new TypeError('Failed to fetch'); return new Response(`${options.method} ${url} ${options.headers.get('x-a')} ${options.body ? Buffer.from(options.body) : ''}`, { status: 201, headers: { 'x-b': '1' } }); };
  try {
    const answer = await new Promise((resolve, reject) => { const request = http.request({ host: 'a.test', port: 81, path: '/p?q', method: 'post', headers: { 'X-A': 'y' } }, resolve); request.on('error', reject); request.end('body'); });
    assert.deepEqual([answer.statusCode, answer.statusMessage, answer.headers['x-b']], [201, 'Created', '1']);
    assert.equal(Buffer.concat(await answer.toArray()).toString(), 'POST http://a.test:81/p?q y body');
    assert.equal((await new Promise(resolve => http.get('http://down.test/').on('error', resolve))).code, 'ECONNREFUSED');
    assert.throws(() => http.request('ftp://a/'), { code: 'ERR_INVALID_PROTOCOL' });
    assert.throws(() => http.request('http://a/').setHeader('bad name', 'x'), { code: 'ERR_INVALID_HTTP_TOKEN' });
    assert.throws(() => http.createServer().listen(80), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
  } finally {
    globalThis.fetch = own;
  }
});

test('dns asks the host for the name in the address', async () => {
  const page = openPage({ 'dns/lookup': ({ url, params }) => (url.includes('nope') ? { err: { name: 'Error', code: 'ENOTFOUND', message: 'getaddrinfo ENOTFOUND nope' } } : { data: [{ address: '::1', family: 6 }, { address: '127.0.0.1', family: 4 }].filter(one => params.family === 0 || params.family === one.family) }) });
  const dns = await page.load('dns');
  assert.deepEqual(await dns.promises.lookup('localhost'), { address: '::1', family: 6 });
  assert.deepEqual(await dns.promises.lookup('localhost', { all: true, order: 'ipv4first' }), [{ address: '127.0.0.1', family: 4 }, { address: '::1', family: 6 }]);
  assert.deepEqual(await new Promise(resolve => dns.lookup('localhost', 4, (...args) => resolve(args))), [null, '127.0.0.1', 4]);
  assert.equal((await new Promise(resolve => dns.lookup('nope', resolve))).code, 'ENOTFOUND');
  assert.ok(page.calls().every(([, url]) => url.startsWith('ipc://dns/lookup/')));
});

test('dns.resolve shows records as Node does, asks the servers it is told in turn, and can be stopped', async () => {
  const records = { A: [{ type: 'A', ttl: 5, address: '10.0.0.1' }], MX: [{ type: 'MX', ttl: 5, priority: 1, exchange: 'm' }], CAA: [{ type: 'CAA', ttl: 5, critical: 0, tag: 'issue', value: 'ca' }], SOA: [{ type: 'SOA', ttl: 5, nsname: 'n', serial: 1 }] };
  records.ANY = [...records.MX, ...records.A, ...records.CAA];
  const asked = [];
  const answer = ({ resource, params }) => {
    asked.push(`${resource} ${params.rrtype} ${params.tries}`);
    if (resource.includes('slow')) return new Promise(() => {});
    if (resource.includes('192.0.2.1')) return { err: { name: 'Error', code: 'ETIMEOUT', message: 'queryA ETIMEOUT a' } };
    return records[params.rrtype] ? { data: records[params.rrtype] } : { err: { name: 'Error', code: 'ENODATA', message: 'x' } };
  };
  const page = openPage({ 'dns/resolve': answer, 'dns/resolveAt': answer, 'dns/servers': () => ({ data: ['192.0.2.9'] }) });
  const dns = await page.load('dns');
  assert.deepEqual(await dns.promises.resolve4('a', { ttl: true }), [{ address: '10.0.0.1', ttl: 5 }]);
  assert.deepEqual(await new Promise(resolve => dns.resolveMx('a', (...all) => resolve(all))), [null, [{ priority: 1, exchange: 'm' }]]);
  assert.deepEqual(await dns.promises.resolveCaa('a'), [{ critical: 0, issue: 'ca' }]);
  assert.deepEqual(await dns.promises.resolveSoa('a'), { nsname: 'n', serial: 1 });
  assert.deepEqual(await dns.promises.resolveAny('a'), [{ address: '10.0.0.1', ttl: 5, type: 'A' }, { priority: 1, exchange: 'm', type: 'MX' }, { critical: 0, issue: 'ca', type: 'CAA' }]);
  await assert.rejects(dns.promises.resolveTxt('a'), { code: 'ENODATA' });
  assert.deepEqual(dns.getServers(), ['192.0.2.9']);
  dns.setServers(['192.0.2.1', '[2001:db8::1]:5353', '192.0.2.2:53']);
  assert.deepEqual(dns.promises.getServers(), ['192.0.2.1', '[2001:db8::1]:5353', '192.0.2.2']);
  asked.length = 0;
  assert.deepEqual(await dns.promises.resolve4('a'), ['10.0.0.1']);
  assert.deepEqual(asked, ['/192.0.2.1:53/a A 1', '/[2001:db8::1]:5353/a A 1']);
  for (const bad of ['localhost', '127.1', '1.2.3.4:99999', '::g', '']) assert.throws(() => dns.setServers([bad]), { code: 'ERR_INVALID_IP_ADDRESS' }, bad);
  assert.throws(() => dns.resolve('a', 'AXFR', () => {}), { code: 'ERR_INVALID_ARG_VALUE' });
  assert.throws(() => new dns.Resolver({ tries: 0 }), { code: 'ERR_OUT_OF_RANGE' });
  await assert.rejects(dns.promises.reverse('nobody'), { code: 'EINVAL', syscall: 'getHostByAddr' });
  const resolver = new dns.promises.Resolver(), stopped = resolver.resolve('slow');
  resolver.cancel();
  await assert.rejects(stopped, { code: 'ECANCELLED', syscall: 'queryA', hostname: 'slow' });
});

test('path: Path is an object with its parts and URL, path/path takes the kind of path first', async () => {
  const page = openPage({}, { config: { webview_navigator_mounts_HOME_x: '/y' } }), { Path, mounts, posix, win32 } = await page.load('path'), kinds = await page.load('path/path');
  const path = Path.from('a/../b c/d.txt', '/r');
  assert.deepEqual([path.value, path.base, path.name, path.ext, path.dir, path.parent, path.root, path.isRelative, path.href, String(path)], ['b c/d.txt', 'd.txt', 'd', '.txt', 'b c', 'b c', '', true, 'file:///r/b%20c/d.txt', 'b c/d.txt']);
  assert.equal(Path.from(new URL('file:///x%20y/z')).value, '/x y/z');
  assert.deepEqual(mounts, { HOME_x: '/y' });
  assert.ok(posix.sep === '/' && win32.sep === '\\');
  assert.equal(kinds.join({ sep: '\\' }, 'a', 'b'), 'a\\b');
  assert.equal(kinds.join(null, 'a', Path.from('b')), 'a/b');
});

test('process.env holds texts, as in Node, and tells who listens of each change', async () => {
  const { env, ProcessEnvironment } = await openPage({}, { env: { A: '1' } }).load('process'), heard = [];
  assert.ok(env instanceof ProcessEnvironment);
  env.addEventListener('set', event => heard.push([event.type, event.key, event.value]));
  env.addEventListener('delete', event => heard.push([event.type, event.key]));
  env.B = 2;
  delete env.A;
  delete env.none;
  assert.deepEqual([Object.entries(env), 'A' in env, env.B, env.none], [[['B', '2']], false, '2', undefined]);
  assert.deepEqual(heard, [['set', 'B', '2'], ['delete', 'A']]);
  assert.throws(() => { env.C = Symbol('x'); }, TypeError);
});

test('a store follows a call into timers and callbacks, and not beyond a native await', async () => {
  const { AsyncLocalStorage, AsyncResource } = await openPage().load('async_hooks');
  const own = { then: Promise.prototype.then, setTimeout, setInterval, setImmediate, queueMicrotask };
  try {
    const storage = new AsyncLocalStorage();
    assert.equal(storage.getStore(), undefined);
    const seen = await storage.run('s', () => new Promise(resolve => setTimeout(() => Promise.resolve().then(() => resolve(storage.getStore())), 1)));
    assert.equal(seen, 's');
    assert.equal(storage.getStore(), undefined);
    const bound = storage.run('b', () => AsyncResource.bind(() => storage.getStore()));
    assert.equal(bound(), 'b');
    assert.equal(storage.run('x', () => storage.exit(() => storage.getStore())), undefined);
  } finally {
    Promise.prototype.then = own.then;
    Object.assign(globalThis, { setTimeout: own.setTimeout, setInterval: own.setInterval, setImmediate: own.setImmediate, queueMicrotask: own.queueMicrotask });
  }
});

test('querystring: decodes what Node decodes, whatever the escapes are', async () => {
  const node = (await import('node:querystring')).default, ours = (await openPage().load('querystring')).default;
  const parts = ['%', '%4', '%41', '%E4', '%zz', 'ü', '€', 'a', '+', '&', '=', '%F0%9F', '😀', '%c3%bc', '1'];
  let state = Number(process.env.DUNLIN_SEED ?? 12345);
  const next = most => { state = (Math.imul(state, 1103515245) + 12345) >>> 0; return (state >>> 8) % most; };
  for (let i = 0; i < 20_000; i++) {
    const text = Array.from({ length: 1 + next(7) }, () => parts[next(parts.length)]).join('');
    assert.deepEqual(ours.parse(text), node.parse(text), text);
    assert.equal(ours.unescape(text), node.unescape(text), text);
  }
});
