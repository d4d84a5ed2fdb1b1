import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { test } from 'node:test';
import { openPage } from './host.mjs';

const ROOM = 'a'.repeat(64), BOB = 'b'.repeat(64), ME = 'e'.repeat(64), CLUSTER = new Uint8Array(32).fill(251);
const hash = text => createHash('sha256').update(text).digest('hex');

/** A host with a peer that talks to nobody; `tell` is what the peer tells. */
async function page(commands = {}) {
  const calls = [];
  let controller;
  const stream = new ReadableStream({ start(one) { controller = one; } });
  const at = data => call => { calls.push([call.url.split('?')[0], call.params, call.body]); return { data }; };
  const opening = openPage({
    'network/join': at({ id: 'h'.repeat(32), channel: 1, peerId: ME, publicKey: '01', clusterId: '02' }),
    'handle/network/subcluster': at({ subcluster: ROOM }), 'handle/network/publish': at({ ids: ['p'] }), 'handle/network/stream': at({}), 'handle/network/leave': at({}),
    'handle/network/close': at({}), 'handle/network/query': at({ query: 'q' }), 'handle/network/info': at({ ready: true }), 'handle/network/seal': at('c2VhbGVk'),
    'handle/network/addIndexedPeer': at({}),
    'network/exportKeys': at({ peerId: ME, publicKey: '01', privateKey: '02' }),
    'push/credit': () => ({ data: null }), push: () => ({ bytes: stream }), 'push/': () => ({ bytes: stream }),
    ...commands,
  });
  const tell = (head, text = '') => {
    const json = Buffer.from(JSON.stringify(head)), bytes = Buffer.from(text), frame = Buffer.alloc(12);
    frame.writeUInt32LE(4 + json.length + bytes.length, 0);
    frame.writeUInt32LE(1, 4);
    frame.writeUInt32LE(json.length, 8);
    controller.enqueue(new Uint8Array(Buffer.concat([frame, json, bytes])));
  };
  return { calls, tell, load: name => opening.load(name), module: await opening.load('network') };
}
const packet = (event, more = {}) => ({ ev: 'packet', id: '1', subcluster: ROOM, event: hash(event), verified: true, level: 'STRONG', signer: '03', ...more });

test('network: keys and ids are those of the reference', async () => {
  const { module: { Encryption, sha256 } } = await page();
  assert.equal(await Encryption.createId('TEST'), hash('TEST'));
  assert.equal(Buffer.from(await Encryption.createClusterId('TEST')).toString('hex'), hash('TEST'));
  assert.equal(await sha256('x'), hash('x'));
  const shared = await Encryption.createSharedKey('room');
  assert.equal(shared.byteLength, 32);
  assert.deepEqual(await Encryption.createSharedKey(shared), shared);
  // RFC 8032, test 1.
  const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
  const pair = await Encryption.createKeyPair(new Uint8Array(seed));
  assert.equal(Buffer.from(pair.publicKey).toString('hex'), 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
  assert.equal(Buffer.from(pair.privateKey).toString('hex'), seed.toString('hex') + Buffer.from(pair.publicKey).toString('hex'));
  await assert.rejects(Encryption.createKeyPair(new Uint8Array(5)), { code: 'ERR_OUT_OF_RANGE' });
});

test('network: joins the cluster that its URL names, and publishes and hears by the names of events', async () => {
  const { calls, tell, module: { network } } = await page();
  const bus = await network({ clusterId: CLUSTER, address: '127.0.0.1', peers: [] });
  assert.deepEqual(calls[0].slice(0, 2), [`ipc://network/join/${Buffer.from(CLUSTER).toString('base64url')}`, { address: '127.0.0.1', peers: [] }], 'no keys leave, none come');
  assert.equal(bus.peerId, ME);
  const sub = await bus.subcluster({ sharedKey: new Uint8Array(32) });
  assert.equal(await bus.subcluster({ sharedKey: new Uint8Array(32) }), sub);
  const heard = [];
  sub.on('greet', (bytes, info) => heard.push([bytes.toString(), info.verified, info.level]));
  sub.on('other', () => heard.push('other'));
  sub.on('unverified', bytes => heard.push('unverified ' + bytes));
  const ready = once(bus, '#ready');
  tell({ ev: 'ready', peerId: ME, natType: 31 });
  assert.equal((await ready)[0].natType, 31);
  tell(packet('greet'), 'hello ✓');
  tell(packet('greet', { verified: false, level: 'NONE' }), 'who?');
  tell(packet('greet', { subcluster: 'c'.repeat(64) }), 'elsewhere');
  const connecting = once(bus, '#connecting');
  tell({ ev: 'connecting', code: 'EHOSTUNREACH', status: 'nobody' });
  assert.equal((await connecting)[0].code, 'EHOSTUNREACH');
  assert.deepEqual(heard, [['hello ✓', true, 'STRONG'], 'unverified who?', ['who?', false, 'NONE']]);
  assert.deepEqual(await sub.emit('greet', { a: 1 }, { ttl: 5 }), ['p']);
  const [url, params] = calls.at(-1);
  assert.equal(url, `ipc://handle/network/publish/${'h'.repeat(32)}`);
  assert.deepEqual(params, { subcluster: ROOM, event: 'greet', ttl: 5, data: Buffer.from('{"a":1}').toString('base64') });
  await sub.publish('big', new Uint8Array(100_000));
  assert.equal(calls.at(-1)[2].byteLength, 100_000, 'much goes as a body');
  assert.equal(Buffer.from(await sub.seal(new Uint8Array(3))).toString(), 'sealed');
});

test('network: members come once, hear by themselves, and go', async () => {
  const { calls, tell, module: { network } } = await page();
  const bus = await network({ clusterId: CLUSTER }), sub = await bus.subcluster({ sharedKey: new Uint8Array(32) });
  const joined = once(sub, '#join');
  tell({ ev: 'join', peerId: BOB, subcluster: ROOM, address: '127.0.0.9', port: 9 });
  const [remote, , isNew] = await joined;
  assert.deepEqual([remote.peerId, remote.address, isNew, sub.peers.get(BOB) === remote], [BOB, '127.0.0.9', true, true]);
  const file = once(remote, 'file');
  tell({ ...packet('file'), ev: 'stream', peerId: BOB }, 'bytes');
  assert.equal((await file)[0].toString(), 'bytes');
  assert.deepEqual(await sub.stream('file', 'x'), { sent: 1, unreachable: 0 });
  assert.equal(calls.at(-1)[1].peerId, BOB);
  const left = once(sub, '#leave');
  tell({ ev: 'leave', peerId: BOB, subcluster: ROOM });
  assert.equal((await left)[0], remote);
  assert.equal(sub.peers.size, 0);
  await bus.close();
  assert.match(calls.at(-1)[0], /close/);
});

test('network: what fails is told, what makes no sense says what to do', async () => {
  const { module: { network } } = await page({ 'handle/network/publish': () => ({ err: { name: 'Error', code: 'ENOTJOINED', message: 'not joined' } }) });
  await assert.rejects(network({ clusterId: new Uint8Array(3) }), /createClusterId/);
  await assert.rejects(network({ clusterId: CLUSTER, indexed: true }), /dunlin peer/);
  const bus = await network({ clusterId: CLUSTER });
  assert.throws(() => bus.emit('greet', 'x'), { code: 'ERR_NO_SHARED_KEY' });
  const sub = await bus.subcluster({ sharedKey: new Uint8Array(32) });
  await assert.rejects(sub.publish('greet', 'x'), { code: 'ENOTJOINED' });
  const error = once(bus, '#error');
  assert.deepEqual(await sub.emit('greet', 'x'), []);
  assert.equal((await error)[0].code, 'ENOTJOINED');
});

test('network: an introducer may be named later, and options that change nothing are told', async () => {
  const { calls, module: { network } } = await page();
  const bus = await network({ clusterId: CLUSTER, syncWindow: 6000, natType: 31, siblingResolver() {}, limitExempt: true, keepalive: 500 });
  const ignored = [];
  bus.on('#warning', ({ code, status }) => ignored.push(`${code} ${status.split(' ')[2]}`));
  const introducer = { peerId: BOB, address: '198.51.100.7', port: 9777 };
  await bus.addIndexedPeer({ ...introducer, indexed: true });
  assert.deepEqual(calls.at(-1).slice(0, 2), [`ipc://handle/network/addIndexedPeer/${'h'.repeat(32)}`, introducer]);
  await new Promise(resolve => setTimeout(resolve));
  assert.deepEqual(ignored, ['limitExempt', 'natType', 'siblingResolver', 'syncWindow'].map(name => `ERR_IGNORED_OPTION ${name}`));
  assert.deepEqual(calls[0][1], { keepalive: 500 });
});

test('network: the reference\'s other names for it are the same', async () => {
  const { module, load } = await page();
  for (const name of ['index', 'node/index']) {
    const other = await load(name);
    for (const own of ['network', 'Cache', 'sha256', 'Encryption', 'Packet', 'NAT']) assert.equal(other[own], module[own], `${name} ${own}`);
  }
  assert.equal((await load('node/index')).default, module.default);
  assert.equal('default' in (await load('index')), false);
});
