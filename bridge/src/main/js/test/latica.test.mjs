import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { openPage } from './host.mjs';

const vectors = JSON.parse(readFileSync(new URL('../../../../../net/src/test/resources/dev/dunlin/net/p2p-vectors.json', import.meta.url), 'utf8'));
const hex = bytes => Buffer.from(bytes).toString('hex'), bytes = text => Buffer.from(text, 'hex');
const load = name => openPage().load(name);

test('latica/packets: packets are those of the vectors, both ways', async () => {
  const { Packet, decode, getTypeFromBytes, PACKET_SPEC, MAGIC_BYTES_PREFIX, sha256 } = await load('latica/packets');
  assert.equal(hex(MAGIC_BYTES_PREFIX), vectors.constants.magic);
  assert.deepEqual(Object.keys(PACKET_SPEC), vectors.constants.fieldOrder.map(one => one.field));
  assert.equal(vectors.packets.length, 20);
  for (const { name, hex: wire, fields, type } of vectors.packets) {
    const { message, message_json, ...rest } = fields;
    const given = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, typeof value === 'string' ? bytes(value) : value]));
    const packet = new Packet({ ...given, message: message_json ?? bytes(message) });
    assert.equal(hex(await Packet.encode(packet)), wire, name);
    const decoded = decode(bytes(wire));
    assert.equal(decoded.type, type, name);
    assert.equal(decoded.constructor.type, type);
    for (const [key, value] of Object.entries(rest)) assert.equal(typeof value === 'string' ? hex(decoded[key]) : decoded[key], value, `${name} ${key}`);
    if (message_json !== undefined) assert.deepEqual(decoded.message, message_json);
    assert.equal(getTypeFromBytes(bytes(wire)), type);
  }
  const bare = new Packet({ type: 5, message: Buffer.from('x') });
  await Packet.encode(bare);
  assert.equal(hex(bare.packetId), await sha256(Buffer.concat([Buffer.from([0]), Buffer.from('x'), Buffer.from([0])])), 'an id that was not given is worked out');
  await assert.rejects(Packet.encode({ type: 5, message: new Uint8Array(1025) }), { code: 'ETOOBIG' });
  await assert.rejects(Packet.encode({ type: 5, clock: -1 }), { code: 'ERR_OUT_OF_RANGE' });
  await assert.rejects(Packet.encode({ type: 5, usr1: new Uint8Array(33) }), { code: 'ERR_OUT_OF_RANGE' });
});

test('latica/packets: what is no packet is null, whatever comes', async () => {
  const { decode, validateMessage } = await load('latica/packets');
  for (const { name, hex: wire, accepted } of vectors.decodeEdgeCases) {
    // The reference stops checking a control message at the first key that is absent; this does not.
    const unchecked = /^(ping without cacheSummaryHash|join without rendezvousAddress)/.test(name);
    assert.equal(decode(bytes(wire)) !== null, accepted && !unchecked, name);
  }
  const seed = Date.now();
  let state = seed;
  const random = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 2 ** 32;
  for (let i = 0; i < 5000; i++) {
    const wire = bytes(vectors.packets[i % vectors.packets.length].hex);
    for (let n = 0; n < 3; n++) wire[Math.floor(random() * wire.length)] = Math.floor(random() * 256);
    assert.doesNotThrow(() => decode(wire.subarray(0, Math.floor(random() * wire.length * 1.2))), `seed ${seed}`);
  }
  assert.throws(() => validateMessage({ a: 1 }, {}), { code: 'EMALFORMED' });
  assert.throws(() => validateMessage({}, { a: { type: 'number', required: true } }), /'a' is missing/);
  assert.throws(() => validateMessage({ a: 'x' }, { a: { type: 'number' } }), { code: 'EMALFORMED' });
  validateMessage({ a: 1 }, { a: { type: 'number', assert: value => value === 1 } });
});

test('latica/cache: summaries are those of the vectors, fragments are composed, the oldest goes', async () => {
  const { Cache, defaultSiblingResolver, DEFAULT_MAX_SIZE, CacheData } = await load('latica/cache');
  const { sha256, decode, Packet } = await load('latica/packets');
  assert.equal(DEFAULT_MAX_SIZE, vectors.constants.cacheMaxEntries);
  for (const { n, prefix, summary, encoded } of vectors.summaries) {
    const cache = new Cache();
    for (let i = 0; i < n; i++) cache.insert(await sha256(`entry-${i}`), new Packet({ type: 5 }));
    assert.deepEqual(await cache.summarize(prefix), summary);
    assert.equal(hex(Cache.encodeSummary(summary)), encoded);
    assert.deepEqual(Cache.decodeSummary(bytes(encoded)), summary);
    assert.equal(Cache.isValidSummaryHashFormat(summary.hash), true);
  }
  for (const bad of ['', '00', 'ff' + '00'.repeat(60), '00' + '00'.repeat(20) + '10' + '00'.repeat(20)]) assert.throws(() => Cache.decodeSummary(bytes(bad)), { code: 'EMALFORMED' });
  for (const { inputLength, inputSha256, packets } of vectors.fragmentation) {
    if (packets.length < 2) continue;
    const cache = new Cache(new CacheData()), all = packets.map(one => decode(bytes(one.hex)));
    for (const packet of all) cache.insert(hex(packet.packetId), packet);
    const whole = await cache.compose(all.at(-1));
    assert.equal(whole.message.byteLength, inputLength);
    assert.equal(await sha256(whole.message), inputSha256);
    cache.delete(hex(all[1].packetId));
    assert.equal(await cache.compose(all[0]), null);
  }
  const small = Object.assign(new Cache(), { maxSize: 2 });
  for (const [id, timestamp] of [['a', 2], ['b', 1], ['c', 3]]) assert.equal(small.insert(id, new Packet({ timestamp })), true);
  assert.deepEqual([small.has('a'), small.has('b'), small.get('c') !== null, small.insert('c', new Packet())], [true, false, true, false]);
  assert.ok(defaultSiblingResolver({ clock: 1 }, { clock: 2 }) < 0);
});

test('latica/nat: the strategy is that of the vectors', async () => {
  const NAT = await load('latica/nat');
  for (const { local, remote, strategy, name } of vectors.natStrategy.rows) {
    const kind = nat => NAT[nat] ?? Number(/^value (\d+)/.exec(nat)[1]);
    assert.equal(NAT.connectionStrategy(kind(local), kind(remote)), strategy, `${local} ${remote}`);
    assert.equal(NAT.toStringStrategy(strategy), 'STRATEGY_' + name.split(' ')[0]);
  }
  assert.deepEqual(Array.from({ length: 32 }, (_, i) => i).filter(NAT.isValid), vectors.natValid);
  assert.deepEqual([31, 15, 7, 5, 0].map(NAT.toString), ['UNRESTRICTED', 'ADDR_RESTRICTED', 'PORT_RESTRICTED', 'ENDPOINT_RESTRICTED', 'UNKNOWN']);
  assert.deepEqual([NAT.isFirewallDefined(4), NAT.isEndpointDependenceDefined(4), NAT.isEndpointDependenceDefined(1)], [true, false, true]);
});

test('latica: senders are limited as in the trace, ports are random and new', async t => {
  const { rateLimit, getRandomPort, Peer, RemotePeer, Packet, Cache, NAT, Encryption, PING_RETRY, PROBE_WAIT, DEFAULT_KEEP_ALIVE } = await load('latica/index');
  const rates = new Map();
  t.mock.timers.enable({ apis: ['Date'] });
  for (const { minute, offered, accepted, quotaAfter } of vectors.rateLimit.trace) {
    t.mock.timers.setTime(minute * 60_000);
    let through = 0;
    for (let i = 0; i < offered; i++) if (!rateLimit(rates, 5, 1, '192.0.2.1')) through++;
    assert.equal(through, accepted, `minute ${minute}`);
    assert.equal([...rates.values()][0].quota, quotaAfter, `minute ${minute}`);
  }
  const ports = new Set();
  for (let i = 0; i < 500; i++) assert.ok(getRandomPort(ports) >= 1024);
  assert.equal(ports.size, 500);
  assert.deepEqual([PING_RETRY, PROBE_WAIT, DEFAULT_KEEP_ALIVE], [500, 512, 30_000]);
  for (const one of [Peer, RemotePeer, Packet, Cache, Encryption]) assert.equal(typeof one, 'function');
  assert.equal(NAT.UNRESTRICTED, 31);
});

test('latica/encryption: seals and opens as the vectors, and refuses what was changed', async () => {
  const { Encryption } = await load('latica/encryption');
  const { crypto } = vectors;
  for (const { publicKey, privateKey, plain_utf8, out } of crypto.sealFromUpstream.vectors) {
    const keys = new Encryption();
    keys.add(bytes(publicKey), bytes(privateKey));
    assert.equal(keys.open(bytes(out), bytes(publicKey)).toString(), plain_utf8);
    const sealed = keys.seal(Buffer.from('hello'), publicKey === '' ? '' : Buffer.from(bytes(publicKey)).toString('base64'));
    assert.equal(sealed.byteLength, 5 + 160);
    assert.equal(keys.open(sealed, bytes(publicKey)).toString(), 'hello');
    const twice = keys.sealUnsigned(Buffer.from('hello'), bytes(publicKey));
    assert.equal(keys.openUnsigned(keys.openUnsigned(twice, bytes(publicKey)), bytes(publicKey)).toString(), 'hello');
  }
  for (const { publicKey, privateKey, in: sealed, name } of crypto.sealTampered.vectors) {
    const keys = new Encryption();
    keys.add(bytes(publicKey), bytes(privateKey));
    assert.throws(() => keys.open(bytes(sealed), bytes(publicKey)), /can't be opened/, name);
  }
  for (const { publicKey, message, sig } of crypto.appSignature.vectors) assert.equal(Encryption.verify(bytes(message).subarray(64), bytes(sig), bytes(publicKey)), true);
  const pair = await Encryption.createKeyPair('TEST');
  assert.equal(Encryption.verify(Buffer.from('x'), Encryption.sign(Buffer.from('x'), pair.privateKey), pair.publicKey), true);
  assert.equal(Encryption.verify(Buffer.from('y'), Encryption.sign(Buffer.from('x'), pair.privateKey), pair.publicKey), false);
  const keys = new Encryption();
  assert.throws(() => keys.add(new Uint8Array(31), pair.privateKey), /32 bytes/);
  assert.throws(() => keys.add(pair.publicKey, new Uint8Array(63)), /64 bytes/);
  assert.throws(() => keys.seal(Buffer.from('x'), pair.publicKey), { code: 'ENOKEY' });
  keys.add(pair.publicKey, pair.privateKey);
  assert.equal(keys.has(pair.publicKey), true);
  keys.remove(pair.publicKey);
  assert.equal(keys.has(pair.publicKey), false);
});

test('latica: api and PeerWorkerProxy lead to the app\'s peer', async () => {
  const joined = [];
  const page = openPage({
    'network/join': call => { joined.push(call.url); return { data: { id: 'h'.repeat(32), channel: 1, peerId: 'e'.repeat(64), publicKey: '01', clusterId: '02' } }; },
    'handle/network/info': () => ({ data: { ready: true } }), 'handle/network/close': () => ({ data: null }),
  });
  const { default: api } = await page.load('latica/api'), { default: PeerWorkerProxy } = await page.load('latica/proxy'), clusterId = new Uint8Array(32);
  await api({ clusterId }, {}, {});
  const proxy = new PeerWorkerProxy({ clusterId });
  assert.deepEqual(await proxy.getInfo(), { ready: true });
  await proxy.close();
  assert.equal(joined.length, 2);
});
