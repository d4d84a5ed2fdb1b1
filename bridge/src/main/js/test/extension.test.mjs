import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage } from './host.mjs';

test('an extension is loaded by its name, and its methods are commands of its own', async () => {
  const calls = [];
  const at = data => call => { calls.push([call.url, call.params]); return { data }; };
  const page = openPage({
    'extension/load': at({ abi: 1, name: 'adder', version: '2', description: 'adds' }), 'extension/unload': at({}), 'extension/type': at({ name: 'adder', type: 'shared' }), 'extension/stats': at({ abi: 1, loaded: 1 }),
    'adder/add': at(5), 'adder/fail': () => ({ err: { name: 'NotAllowedError', code: 'ERR_ACCESS_DENIED', message: 'no' } }),
  });
  const { Extension, stats } = await page.load('extension');
  const adder = await Extension.load('adder');
  assert.deepEqual([adder.name, adder.version, adder.description, adder.abi, adder.loaded, adder.type], ['adder', '2', 'adds', 1, true, 'shared']);
  const { err, data } = await adder.binding.add({ a: 2, b: 3 });
  assert.deepEqual([err, data], [null, 5]);
  assert.equal((await adder.binding.fail()).err.name, 'NotAllowedError');
  assert.deepEqual(await stats(), { abi: 1, loaded: 1 });
  assert.equal(await Extension.type('adder'), 'shared');
  assert.equal(await adder.unload(), true);
  assert.equal(await adder.unload(), false);
  assert.deepEqual(calls.map(([url]) => url), ['ipc://extension/load/adder', 'ipc://adder/add', 'ipc://extension/stats', 'ipc://extension/type/adder', 'ipc://extension/unload/adder']);
  assert.deepEqual(calls[1][1], { a: 2, b: 3 });
  await assert.rejects(Extension.load('x', { type: 'wasm32' }), { code: 'ERR_INVALID_ARG_VALUE' });
});

test('the back end is opened, told and closed by results that never reject', async () => {
  const calls = [];
  const at = data => ({ url, params }) => { calls.push([url, params]); return { data }; };
  const page = openPage({
    'process/open': at({ cmd: 'x', pid: 4 }), 'process/kill': () => ({ err: { name: 'Error', code: 'ERR_NO_BACK_END', message: 'none' } }), 'process/write': at(null), 'windows/send': at(null),
    'window/info': () => ({ data: { index: 0, title: '', url: '', width: 1, height: 1, x: 0, y: 0, visible: true } }),
  });
  const { backend, getCurrentWindow } = await page.load('application');
  assert.equal((await backend.open({ force: true })).data.pid, 4);
  await backend.write('say', { a: 1 });
  assert.equal((await backend.close()).err.code, 'ERR_NO_BACK_END');
  const window = await getCurrentWindow();
  await window.send({ backend: true, event: 'e', value: 'v' });
  await window.send({ window: 1, event: 'e' });
  assert.deepEqual(calls, [['ipc://process/open', { force: true }], ['ipc://process/write', { event: 'say', value: { a: 1 } }], ['ipc://process/write', { event: 'e', value: 'v' }], ['ipc://windows/send/1', { event: 'e', value: null }]]);
});
