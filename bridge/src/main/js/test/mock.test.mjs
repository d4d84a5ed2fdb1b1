// The mock runtime of the package @dunlin/api, as a user of the package has it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

const api = name => import(pathToFileURL(join(process.env.DUNLIN_JS, '../../../../api', name)).href);
const { mock } = await api('mock.js');
const app = { bundleIdentifier: 'com.example.notes', policy: ["default-src 'self'", 'connect-src ipc://os ipc://fs/readFile/$DATA/ ipc://fs/writeFile/$DATA/', 'connect-src ipc://fs/rename/$DATA/'], paths: { DATA: '/home/u/data' } };

test('a call that the policy allows is answered, and one that it does not is the denial that the host gives', async () => {
  const runtime = mock({ ...app, files: { '/home/u/data/a.txt': 'grüße', '/etc/passwd': 'x' } });
  assert.equal(await runtime.call('ipc://fs/readFile/home/u/data/a.txt?encoding=utf8'), 'grüße');
  assert.ok(await runtime.call('ipc://fs/readFile/home/u/data/a.txt') instanceof Uint8Array);
  await assert.rejects(runtime.call('ipc://fs/readFile/etc/passwd'), {
    name: 'NotAllowedError', code: 'ERR_ACCESS_DENIED', source: 'ipc://fs/readFile/etc/passwd', directive: 'connect-src',
    message: "the page's Content Security Policy does not allow ipc://fs/readFile/etc/passwd: add 'connect-src ipc://fs/readFile/etc/passwd' (or 'ipc://fs/readFile/etc/' for all of its folder) to [security] policy[] in socket.ini, and to the page's <meta> policy if it has one",
  });
  await assert.rejects(runtime.call('ipc://fs/readFile/home/u/data/../../../etc/passwd'), { code: 'ERR_ACCESS_DENIED' });
  assert.deepEqual(runtime.calls.map(call => call.outcome), ['reply', 'reply', 'denied', 'denied']);
});

test('without a policy nothing is allowed but what always is', async () => {
  const runtime = mock();
  await assert.rejects(runtime.call('ipc://os/cpus'), { code: 'ERR_ACCESS_DENIED' });
  await runtime.call('ipc://console/write', { params: { level: 'log', message: 'hi' } });
  assert.deepEqual(runtime.printed, [{ level: 'log', message: 'hi' }]);
  await runtime.call('ipc://application/exit', { params: { code: 3 } });
  assert.equal(runtime.exitCode, 3);
});

test('another origin and a sandboxed document have no bridge; a nested frame may not close its window', async () => {
  const runtime = mock({ ...app, policy: 'connect-src ipc:' });
  await assert.rejects(runtime.call('ipc://os/cpus', { origin: 'https://evil.example' }), { code: 'ERR_NO_BRIDGE' });
  await assert.rejects(runtime.call('ipc://os/cpus', { meta: ['sandbox allow-scripts'] }), { code: 'ERR_NO_BRIDGE' });
  await assert.rejects(runtime.call('ipc://os/cpus', { meta: ["connect-src 'self'"] }), { code: 'ERR_ACCESS_DENIED' });
  assert.equal((await runtime.call('ipc://os/cpus', { origin: runtime.origin })).length, 1);
  await assert.rejects(runtime.call('ipc://window/close', { top: false }), { code: 'ERR_ACCESS_DENIED' });
  assert.equal((await runtime.call('ipc://window/close', { window: 1 })).closed, true);
  assert.equal((await runtime.call('ipc://window/info')).closed, false, 'window 0 is another');
});

test('the second path of a command is policed too', async () => {
  const runtime = mock({ ...app, files: { '/home/u/data/a': '1', '/tmp/': '' } });
  await assert.rejects(runtime.call('ipc://fs/rename/home/u/data/a', { params: { dest: '/tmp/a' } }), { code: 'ERR_ACCESS_DENIED', source: 'ipc://fs/rename/tmp/a' });
  await runtime.call('ipc://fs/rename/home/u/data/a', { params: { dest: '/home/u/data/b' } });
  assert.deepEqual(runtime.files.list().filter(path => path.includes('data/')), ['/home/u/data/', '/home/u/data/b']);
});

test("the app's own files are changed only where a source of writeFile names them", async () => {
  const broad = mock({ policy: 'connect-src ipc://fs/', files: { '/app/src/index.html': '' } });
  await assert.rejects(broad.call('ipc://fs/writeFile/app/src/index.html', { body: 'x' }), { code: 'ERR_ACCESS_DENIED', source: 'ipc://fs/writeFile/app/src/index.html' });
  await assert.rejects(broad.call('ipc://fs/unlink/app/src/index.html'), { code: 'ERR_ACCESS_DENIED' });
  assert.equal(broad.files.text('/app/src/index.html'), '');
  const named = mock({ policy: 'connect-src ipc://fs/ ipc://fs/writeFile/$RESOURCES/', files: { '/app/src/index.html': '' } });
  await named.call('ipc://fs/writeFile/app/src/index.html', { body: 'x' });
  assert.equal(named.files.text('/app/src/index.html'), 'x');
});

test('commands of the test answer, late ones too, and fail with what they throw', async () => {
  const runtime = mock({ policy: 'connect-src ipc://my-ext ipc://os', commands: {
    'my-ext/add': ({ params }) => params.a + params.b, 'my-ext/late': async () => 'late', 'os/cpus': [1, 2], 'my-ext/bad': () => { throw Object.assign(new Error('no'), { code: 'EIO' }); },
  } });
  assert.equal(await runtime.call('ipc://my_ext/add', { params: { a: 1, b: 2 } }), 3);
  assert.equal(await runtime.call('ipc://my-ext/late'), 'late');
  assert.deepEqual(await runtime.call('ipc://os/cpus'), [1, 2]);
  await assert.rejects(runtime.call('ipc://my-ext/bad'), { code: 'EIO' });
  await assert.rejects(runtime.call('ipc://my-ext/none'), { code: 'ERR_UNKNOWN_COMMAND' });
  await assert.rejects(runtime.call('http://my-ext/add'), { code: 'ERR_INVALID_CALL' });
});

test("an app's own module runs on it, with Dunlin's modules", async () => {
  const { importOn } = await api('register.mjs');
  const policy = ['connect-src ipc://os ipc://fs/mkdir/$DATA ipc://fs/readdir/$DATA ipc://fs/readFile/$DATA/ ipc://fs/writeFile/$DATA/'];
  const runtime = mock({ ...app, policy, files: { '/home/u/': '' } });
  const url = new URL('./mock-app/notes.mjs', import.meta.url);
  const before = globalThis.fetch;
  const [notes, other] = await Promise.all([importOn(runtime, url), importOn(mock(app), url)]);
  assert.equal(globalThis.fetch, before, 'the globals are as they were');
  await notes.save('n.txt', 'grüße 🐦');
  assert.equal(runtime.files.text('/home/u/data/n.txt'), 'grüße 🐦');
  assert.equal(await notes.load('n.txt'), 'grüße 🐦');
  assert.equal(notes.loadSync('n.txt'), 'grüße 🐦');
  assert.equal(String(await notes.bytes('n.txt')), 'grüße 🐦');
  await notes.save('big.bin', new Uint8Array(9 << 20).fill(7));
  assert.equal(runtime.files.bytes('/home/u/data/big.bin').length, 9 << 20);
  assert.deepEqual(await notes.list(), ['big.bin', 'n.txt']);
  assert.equal(notes.cpus(), 1);
  assert.equal(notes.hello(), 'com.example.notes');
  await assert.rejects(notes.secret(), { name: 'NotAllowedError', code: 'ERR_ACCESS_DENIED', source: 'ipc://fs/readFile/etc/passwd' });
  await assert.rejects(notes.load('none'), { code: 'ENOENT', syscall: 'open' });
  await assert.rejects(other.save('n.txt', ''), { code: 'ERR_ACCESS_DENIED' }, 'the other app has another policy');
});
