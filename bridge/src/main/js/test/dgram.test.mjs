import assert from 'node:assert/strict';
import nodeDgram from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { openPage, facts } from './host.mjs';

const ERRNO = { ...facts.constants.errno, EINVAL: 22, EADDRINUSE: 98, EMSGSIZE: 90 };

/** A host with datagram sockets that go nowhere; `sent` is what it was given. */
async function page(commands = {}) {
  const host = { sent: [], closed: 0 };
  const local = { address: '127.0.0.1', family: 'IPv4', port: 40_000 };
  const take = ({ resource, params, body, lane }) => {
    if (params.open) return opened();
    if (params.connect) return { data: { local, remote: { address: '127.0.0.1', family: 'IPv4', port: 9 } } };
    const bytes = body ?? Buffer.from(params.data, 'base64'), count = bytes.readUInt32LE(0), texts = [];
    for (let i = 0, at = 4 + 2 * count; i < count; at += bytes.readUInt16LE(4 + 2 * i), i++) texts.push(bytes.toString('latin1', at, at + bytes.readUInt16LE(4 + 2 * i)));
    host.sent.push({ resource, lane, texts });
    return { data: null };
  };
  const opened = () => ({ data: { id: 'h'.repeat(32), channel: 1, local, recvBufferSize: 212_992, sendBufferSize: 212_992 } });
  const all = {
    'udp/bind': opened, 'udp/send': take, 'handle/udp/send': take,
    'handle/udp/close': () => { host.closed++; return { data: null }; },
    'handle/udp/stats': () => ({ data: { received: 7 } }),
    'handle/udp/setTTL': () => ({ err: { name: 'Error', code: 'EINVAL', message: 'setTTL EINVAL', syscall: 'setTTL' } }),
    'push/credit': () => ({ data: null }),
    push: () => new Promise(() => {}), 'push/': () => new Promise(() => {}),
    ...commands,
  };
  const opening = openPage(all, { constants: { ...facts.constants, errno: ERRNO } });
  return { host, page: opening, dgram: (await opening.load('dgram')).default };
}

const CALLS = [
  ['setTTL', 1], ['setTTL', 'a'], ['setBroadcast', true], ['setMulticastTTL', 1], ['setMulticastLoopback', 1], ['setMulticastInterface', '127.0.0.1'], ['setMulticastInterface', 1],
  ['addMembership'], ['addMembership', 'abc'], ['dropMembership', 'x'], ['addSourceSpecificMembership'], ['addSourceSpecificMembership', '1.2.3.4'], ['dropSourceSpecificMembership', 1, 2],
  ['address'], ['remoteAddress'], ['disconnect'], ['getRecvBufferSize'], ['getSendBufferSize'], ['setRecvBufferSize', -1], ['setRecvBufferSize', 1000], ['setSendBufferSize', 1.5], ['setSendBufferSize', 'a'],
  ['getSendQueueSize'], ['getSendQueueCount'],
  ['send'], ['send', 1], ['send', null, 9], ['send', {}, 9], ['send', 'a'], ['send', 'a', 0], ['send', 'a', -1], ['send', 'a', 70_000], ['send', 'a', 1.5], ['send', 'a', ''], ['send', 'a', ' '], ['send', 'a', '9x'],
  ['send', 'a', 0, 5, 1], ['send', 'a', 5, 0, 1], ['send', 'a', 0, 1, 'x'], ['send', 'a', 0, 1, 0, '127.0.0.1'], ['send', 'a', 9, 5], ['send', [1], 9], ['send', ['a', {}], 9], ['send', 'a', 'b'], ['send', 'a', null, null, null, '::'],
  ['sendto'], ['sendto', 'a', 'x', 1, 9, '::1'], ['sendto', 'a', 0, 1, 9], ['sendto', 'a', 0, 'y', 9, 'z'],
  ['connect'], ['connect', 0], ['connect', 'a'], ['connect', 65_536], ['connect', 9, 5], ['connect', 9, null],
];
const CREATIONS = [[], ['udp5'], [{}], [{ type: 'udp' }], [null], [5], [{ type: 'udp4', lookup: 1 }], [{ type: 'udp4', recvBufferSize: -1 }], [{ type: 'udp4', sendBufferSize: 'a' }], [{ type: 'udp4', recvBufferSize: 1.5 }], [{ type: 'udp6', signal: {} }], [{ type: 'udp6', signal: 1 }]];
const told = run => {
  try {
    return ['returns', typeof run()];
  } catch (error) {
    return [error.name, error.code, error.message, JSON.stringify(error), error instanceof TypeError, error instanceof RangeError];
  }
};

test('dgram refuses the arguments that Node refuses, in its words', async () => {
  const { dgram } = await page();
  for (const call of CALLS) {
    const results = [nodeDgram, dgram].map(of => {
      const socket = of.createSocket('udp4').on('error', () => {});
      const result = told(() => socket[call[0]](...call.slice(1)));
      socket.close();
      return result;
    });
    assert.deepEqual(results[1], results[0], JSON.stringify(call));
  }
  for (const args of CREATIONS) assert.deepEqual(told(() => dgram.createSocket(...args)), told(() => nodeDgram.createSocket(...args)), JSON.stringify(args));
  const closed = [nodeDgram, dgram].map(of => of.createSocket('udp6').close());
  for (const call of [['send', 'a', 9], ['close'], ['address'], ['bind'], ['remoteAddress'], ['addMembership', '239.0.0.1'], ['setMulticastInterface', '::']]) {
    assert.deepEqual(told(() => closed[1][call[0]](...call.slice(1))), told(() => closed[0][call[0]](...call.slice(1))), call[0]);
  }
  for (const name of ['ERR_SOCKET_ALREADY_BOUND', 'ERR_SOCKET_BAD_BUFFER_SIZE', 'ERR_SOCKET_BAD_PORT', 'ERR_SOCKET_BAD_TYPE', 'ERR_SOCKET_BUFFER_SIZE', 'ERR_SOCKET_DGRAM_IS_CONNECTED', 'ERR_SOCKET_DGRAM_NOT_CONNECTED', 'ERR_SOCKET_DGRAM_NOT_RUNNING']) assert.equal(new dgram[name](1).code, name);
  assert.ok(new dgram.ERR_SOCKET_ALREADY_BOUND() instanceof dgram.SocketError);
});

test('dgram sends what one microtask gives as one call for each receiver, in order', async () => {
  const { host, page: { messages, fetched }, dgram } = await page();
  const socket = dgram.createSocket('udp4');
  const done = [];
  for (let i = 0; i < 5; i++) socket.send(`a${i}`, 9, (error, bytes) => done.push([error, bytes]));
  socket.send(['x', Buffer.from('y'), new Uint16Array([0x7a7a])], 8, 'localhost');
  socket.send(Buffer.from('abcdef'), 2, 3, 9, '127.0.0.1');
  await new Promise(resolve => socket.close(resolve));
  assert.deepEqual(host.sent.map(one => [one.resource, one.texts]), [['/127.0.0.1:9', ['a0', 'a1', 'a2', 'a3', 'a4']], ['/localhost:8', ['xyzz']], ['/127.0.0.1:9', ['cde']]]);
  assert.deepEqual(done, Array(5).fill([null, 2]));
  assert.equal(messages.filter(message => message.c?.some(([, url]) => url.startsWith('ipc://udp/send/') )).length, 2);
  assert.equal(fetched.filter(one => one.url.startsWith('ipc://udp')).length, 0);
  assert.equal(host.closed, 1);
});

test('dgram sends much as one body, and nothing overtakes it', async () => {
  const { host, dgram } = await page();
  const socket = dgram.createSocket({ type: 'udp4' }).bind(0);
  await once(socket, 'listening');
  for (let i = 0; i < 3; i++) {
    socket.send(`small ${i}`, 9);
    await Promise.resolve();
    for (let j = 0; j < 20; j++) socket.send(Buffer.alloc(1000, 65 + i), 9);
    await Promise.resolve();
  }
  assert.equal(socket.getSendQueueCount(), 63);
  assert.equal(socket.getSendQueueSize(), 60_021);
  await new Promise(resolve => socket.close(resolve));
  assert.equal(host.sent.flatMap(one => one.texts).map(text => text.length > 10 ? text[0] : text).join(''), 'small 0' + 'A'.repeat(20) + 'small 1' + 'B'.repeat(20) + 'small 2' + 'C'.repeat(20));
  assert.ok(host.sent.some(one => one.lane === 'stream'));
  assert.ok(host.sent.length < 10, `${host.sent.length} calls`);
});

test('dgram tells faults in Node\'s words to whom they concern', async () => {
  const error = code => () => ({ err: { name: 'Error', code, message: code, syscall: 'x' } });
  const denied = () => ({ err: { name: 'NotAllowedError', code: 'ERR_ACCESS_DENIED', message: 'add it', source: 'ipc://udp/send/127.0.0.1:9' } });
  const bound = (await page({ 'udp/bind': error('EADDRINUSE') })).dgram.createSocket('udp4');
  bound.bind(41_000, '127.0.0.1');
  const [fault] = await once(bound, 'error');
  assert.deepEqual([fault.message, { ...fault }], ['bind EADDRINUSE 127.0.0.1:41000', { errno: -98, code: 'EADDRINUSE', syscall: 'bind', address: '127.0.0.1', port: 41_000 }]);
  const sender = (await page({ 'udp/send': denied })).dgram.createSocket('udp4');
  assert.equal((await new Promise(resolve => sender.send('a', 9, resolve))).code, 'ERR_ACCESS_DENIED');
  sender.send('a', 9);
  assert.equal((await once(sender, 'error'))[0].name, 'NotAllowedError');
  const partly = (await page({ 'udp/send': ({ params }) => params.open ? { data: { id: 'h', channel: 1, local: {} } } : { data: { failed: [[1, 'EMSGSIZE']] } } })).dgram.createSocket('udp4');
  const results = await Promise.all(['a', 'b', 'c'].map(text => new Promise(resolve => partly.send(text, 9, resolve))));
  assert.deepEqual(results.map(one => one && one.message), [null, 'send EMSGSIZE 127.0.0.1:9', null]);
  assert.equal((await new Promise(resolve => partly.send(Buffer.alloc(65_536), 9, resolve))).code, 'EMSGSIZE');
  assert.equal((await new Promise(resolve => partly.send('a', 9, '::1', resolve))).message, 'send EINVAL ::1:9');
});

test('dgram connects, is aborted, asks the app\'s own lookup, and tells what it is told', async () => {
  const { host, dgram } = await page();
  const asked = [], socket = dgram.createSocket({ type: 'udp4', lookup: (...args) => { asked.push(args.slice(0, 2)); args[2](null, '127.0.0.2', 4); } });
  socket.connect(9, 'far.example');
  await once(socket, 'connect');
  assert.deepEqual(socket.remoteAddress(), { address: '127.0.0.1', family: 'IPv4', port: 9 });
  socket.send('hello');
  assert.throws(() => socket.send('a', 0, 1, 9, '127.0.0.1'), { code: 'ERR_SOCKET_DGRAM_IS_CONNECTED' });
  assert.throws(() => socket.connect(9), { code: 'ERR_SOCKET_DGRAM_IS_CONNECTED' });
  assert.throws(() => socket.setTTL(300), { message: 'setTTL EINVAL', errno: -22 });
  assert.equal(socket.stats().received, 7);
  await socket[Symbol.asyncDispose]();
  assert.deepEqual(host.sent, [{ resource: '/' + 'h'.repeat(32), lane: 'call', texts: ['hello'] }]);
  assert.deepEqual([...new Set(asked.map(String))], ['far.example,4']);
  const controller = new AbortController(), aborted = dgram.createSocket({ type: 'udp6', signal: controller.signal });
  controller.abort();
  await once(aborted, 'close');
});
