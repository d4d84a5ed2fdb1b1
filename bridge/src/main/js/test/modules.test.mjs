import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openPage, until } from './host.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const out = process.env.DUNLIN_JS;
const built = (folder = out, below = '') => readdirSync(folder, { withFileTypes: true }).flatMap(entry =>
  entry.isDirectory() ? (entry.name === 'types' ? [] : built(join(folder, entry.name), below + entry.name + '/')) : entry.name.endsWith('.js') ? [below + entry.name.slice(0, -3)] : []);

test('every module loads, and each node: name is a module', async () => {
  const page = openPage();
  for (const name of built()) {
    if (name === 'ai' || name.startsWith('ai/')) await assert.rejects(page.load(name), /is not part of Dunlin/);
    else assert.ok(Object.keys(await page.load(name)).length > 0, name);
  }
  const names = JSON.parse(readFileSync(join(out, 'module-names.json'), 'utf8'));
  assert.deepEqual([...names.socket].sort(), built().sort());
  assert.ok(names.node.length > 0);
  for (const name of names.node) assert.ok(built().includes(name), name);
  assert.equal(page.messages.length + page.fetched.length, 0, 'loading a module calls nothing');
});

test('what nearly every page needs is one file beside the host facts', () => {
  const imports = name => [...new Set([...readFileSync(join(out, name + '.js'), 'utf8').matchAll(/from *["'](socket:[^"']+)["']/g)].map(match => match[1]))].sort();
  assert.deepEqual(imports('internal/core'), ['socket:internal/host']);
  for (const name of ['ipc', 'events', 'path', 'buffer', 'process', 'errors']) assert.deepEqual(imports(name), ['socket:internal/core'], name);
  for (const name of ['internal/init', 'stream']) assert.deepEqual(imports(name), ['socket:internal/core', 'socket:internal/host'], name);
  assert.deepEqual(imports('fs'), ['socket:internal/core', 'socket:internal/host', 'socket:stream']);
});

test('strict TypeScript that uses every module compiles with the shipped declarations', () => {
  // Every module by its name, and the sample for how they are used.
  const all = join(out, 'types', 'every.ts'), typed = built().filter(name => name !== 'internal/core');
  writeFileSync(all, typed.map((name, i) => `import * as m${i} from 'socket:${name}';\n`).join('') + `export default [${typed.map((_name, i) => 'm' + i)}];\n`);
  // As the package @dunlin/api, under both names.
  const api = join(out, '../../../..', 'api'), node = join(out, 'types', 'node.ts');
  assert.equal(JSON.parse(readFileSync(join(api, 'package.json'), 'utf8')).name, '@dunlin/api');
  writeFileSync(node, JSON.parse(readFileSync(join(out, 'module-names.json'), 'utf8')).node.map((name, i) => `import n${i} from 'node:${name}';\nvoid n${i};\n`).join(''));
  const tsc = spawnSync(process.execPath, [join(here, '../node_modules/typescript/bin/tsc'), '--noEmit', '--strict', '--target', 'es2022', '--module', 'esnext', '--moduleResolution', 'bundler',
    '--lib', 'es2022,dom,dom.iterable', join(api, 'index.d.ts'), all, node, join(here, 'types', 'sample.ts')], { encoding: 'utf8' });
  assert.equal(tsc.stdout, '');
  assert.equal(tsc.status, 0);
  rmSync(all);
  rmSync(node);
});

test('os answers from the host facts, and asks for what changes', async () => {
  const page = openPage({ 'os/cpus': () => ({ data: [{ model: 'm' }, { model: 'm' }] }), 'os/hrtime': () => ({ data: '9007199254740993' }), 'os/loadavg': () => ({ data: [1, 2, 3] }) });
  const os = (await page.load('os')).default;
  assert.deepEqual([os.platform(), os.arch(), os.type(), os.EOL, os.homedir(), os.tmpdir(), os.endianness()], ['linux', 'x64', 'Linux', '\n', '/home/u', '/tmp', 'LE']);
  assert.equal(page.fetched.length, 0);
  assert.equal(os.cpus().length, 2);
  assert.equal(os.hrtime(), 9007199254740993n);
  assert.deepEqual(os.loadavg(), [1, 2, 3]);
  assert.throws(() => os.uptime(), { code: 'ERR_UNKNOWN_COMMAND' });
});

test('process: exit emits once and ends the app with the code, stdout is raw, clocks go forward', async () => {
  const exits = [], writes = [];
  const page = openPage({ 'application/exit': ({ params }) => { exits.push(params.code); return { data: null }; }, 'console/write': ({ params }) => { writes.push(params); return { data: null }; } });
  const process_ = (await page.load('process')).default;
  const heard = [];
  process_.on('exit', code => { heard.push(code); process_.exit(9); });
  assert.equal(process_.cwd(), '/home/u');
  assert.deepEqual(process_.argv, ['app', '--flag']);
  assert.equal(process_.env.LANG, 'C');
  await new Promise(resolve => process_.stdout.write('no newline', resolve));
  process_.stderr.write(new TextEncoder().encode('é'));
  const [seconds, nanos] = process_.hrtime();
  assert.ok(seconds > 0 && nanos >= 0 && nanos < 1e9);
  assert.ok(process_.hrtime.bigint() <= process_.hrtime.bigint());
  assert.throws(() => process_.exit(1.5), { code: 'ERR_INVALID_ARG_TYPE' });
  process_.exitCode = 3;
  process_.exit();
  await until(() => exits.length === 1);
  assert.deepEqual([heard, exits], [[3], [3]]);
  assert.deepEqual(writes, [{ level: 'stdout', message: 'no newline' }, { level: 'stderr', message: 'é' }]);
  const order = [];
  process_.nextTick(value => order.push(value), 1);
  order.push(0);
  await null;
  assert.deepEqual(order, [0, 1]);
});

test('window and application: state follows what the host says, errors come as Result', async () => {
  let created, state = { index: 0, title: 'old', url: 'https://app.test.localhost/', width: 800, height: 600, x: 1, y: 2, visible: true };
  const page = openPage({
    'window/info': () => ({ data: state }), 'window/setTitle': ({ params }) => ({ data: (state = { ...state, title: params.title }) }),
    'windows/list': () => ({ data: [state, { ...state, index: 2 }] }), 'windows/setTitle': ({ url, params }) => ({ data: { ...state, index: Number(url.split('/').pop()), title: params.title } }),
    'window/create': ({ url, params }) => { created = url.endsWith('/a%20b.html') && params; return { data: { ...state, index: 3 } }; },
    'window/close': () => ({ err: { name: 'NotAllowedError', code: 'ERR_ACCESS_DENIED', message: 'no' } }), 'application/security': () => ({ data: { sandbox: true } }),
  });
  const application = await page.load('application');
  const window = await application.getCurrentWindow();
  assert.equal(window, await application.getCurrentWindow());
  assert.deepEqual([window.title, window.size, window.position], ['old', { width: 800, height: 600 }, { x: 1, y: 2 }]);
  assert.equal((await window.setTitle('new')).err, null);
  assert.equal(window.title, 'new');
  assert.equal((await window.close()).err.code, 'ERR_ACCESS_DENIED');
  assert.equal(application.isPaused(), false);
  await until(() => page.parked.length > 0);
  page.push({ e: [['applicationpause', {}]] });
  assert.equal(application.isPaused(), true);
  await until(() => page.parked.length > 0);
  page.push({ e: [['applicationresume', {}]] });
  assert.equal(application.isPaused(), false);
  assert.deepEqual([...(await application.getWindows([0]))], [window]);
  assert.equal(await application.getWindow(7), null);
  assert.deepEqual((await application.getWindows()).keys(), [0, 2]);
  const other = await application.getWindow(2);
  assert.equal((await other.setTitle('theirs')).data.title, 'theirs');
  assert.equal((await application.createWindow({ path: '/a b.html?c#d', width: 300 })).index, 3);
  assert.deepEqual(created, { width: 300, search: '?c', hash: '#d' });
  await assert.rejects(application.createWindow({ path: 'https://elsewhere.example/' }), { code: 'ERR_INVALID_ARG_VALUE' });
  assert.deepEqual(await application.security(), { sandbox: true });
  assert.equal(application.config.meta_title, 'T');
  const heard = [];
  const listener = detail => heard.push(detail);
  window.once('x', listener).on('x', listener);
  window.dispatchEvent(new CustomEvent('x', { detail: 1 }));
  window.off('x', listener);
  window.dispatchEvent(new CustomEvent('x', { detail: 2 }));
  assert.deepEqual(heard, [1]);
});

test('application: tray, power, badge, reveal and autostart call their commands, and hear their events', async () => {
  const asked = [];
  const note = data => ({ url, params }) => { asked.push([url.slice('ipc://'.length).split('?')[0], params]); return { data }; };
  const page = openPage(Object.fromEntries(Object.entries({
    'application/setTrayMenu': null, 'application/setTrayTooltip': null, 'application/setTrayIcon': null, 'application/setTrayMenuItem': null, 'power/watch': { onBattery: false },
    'power/keepAwake': { id: 'ab' }, 'handle/power/letSleep': null, 'application/setBadge': null, 'application/reveal': null, 'application/autostart': false, 'application/setAutostart': true,
  }).map(([name, data]) => [name, note(data)])));
  const { tray, power, setBadge, reveal, autostart } = await page.load('application');
  await tray.setMenu('A: _');
  await tray.setTooltip('here');
  await tray.setIcon('/t.png');
  await tray.setItemEnabled({ title: 'A' }, false);
  await tray.setItemChecked({ title: 'A', parent: 'B' }, true);
  assert.deepEqual(await power.watch(), { onBattery: false });
  await (await power.keepAwake('a film')).letSleep();
  await setBadge({ count: 3 });
  await reveal('/home/u/a b.txt');
  assert.deepEqual([await autostart.isEnabled(), await autostart.setEnabled(true)], [false, true]);
  assert.deepEqual(asked, [
    ['application/setTrayMenu', { value: 'A: _' }], ['application/setTrayTooltip', { value: 'here' }], ['application/setTrayIcon', { value: '/t.png' }],
    ['application/setTrayMenuItem', { title: 'A', enabled: false }], ['application/setTrayMenuItem', { title: 'A', parent: 'B', checked: true }],
    ['power/watch', {}], ['power/keepAwake', { why: 'a film' }], ['handle/power/letSleep/ab', {}], ['application/setBadge', { count: 3 }],
    ['application/reveal/home/u/a%20b.txt', {}], ['application/autostart', {}], ['application/setAutostart', { enabled: true }],
  ]);
  const told = [];
  const stop = [tray.onClick(() => told.push('click')), power.on('powersource', ({ onBattery }) => told.push(onBattery))];
  for (const _ of [1, 2]) {
    await until(() => page.parked.length > 0);
    page.push({ e: [['tray', true], ['powersource', { onBattery: true }]] });
    for (const end of stop) end();
  }
  assert.deepEqual(told, ['click', true]);
});

test('application.update: calls by their own names, progress while it downloads, errors with their code', async () => {
  const asked = [];
  let finish;
  const page = openPage({
    'application/updateCheck': () => ({ data: { running: '1.0.0', version: '1.1.0', downloadBytes: 9, source: 'peers' } }),
    'application/updateDownload': () => new Promise(resolve => { finish = () => resolve({ data: { version: '1.1.0' } }); }),
    'application/updateApply': ({ params }) => { asked.push(params.restart); return { err: { name: 'Error', code: 'ERR_UPDATE_NONE', message: 'no update is ready' } }; },
    'application/updateHealthy': () => ({ data: null }),
  });
  const { update } = await page.load('application');
  assert.equal((await update.check()).version, '1.1.0');
  const seen = [];
  const download = update.download({ onprogress: progress => seen.push(progress) });
  await until(() => page.parked.length > 0 && finish !== undefined);
  page.push({ e: [['applicationupdateprogress', { done: 3, total: 9, source: 'peers' }]] });
  finish();
  assert.deepEqual(await download, { version: '1.1.0' });
  await until(() => page.parked.length > 0);
  page.push({ e: [['applicationupdateprogress', { done: 9, total: 9 }]] });
  assert.deepEqual(seen, [{ done: 3, total: 9, source: 'peers' }]);
  await assert.rejects(update.apply({ restart: true }), { code: 'ERR_UPDATE_NONE' });
  assert.deepEqual(asked, [true]);
  await update.healthy();
});

test("console writes Node's format to the host, in order", async () => {
  const lines = [];
  const page = openPage({ 'console/write': ({ params }) => { lines.push([params.level, params.message]); return { data: null }; } });
  const { Console } = await page.load('console');
  const console_ = new Console();
  console_.log('%s is %d%%', 'x', 5, { a: [1, new Map([['k', 1n]])] });
  console_.group('g');
  console_.warn('in\nside');
  console_.groupEnd();
  console_.count();
  console_.assert(false, 'why');
  console_.table([{ a: 1, b: 'x' }]);
  await until(() => lines.length === 6);
  assert.deepEqual(lines.slice(0, 5), [['log', "x is 5% { a: [ 1, Map(1) { 'k' => 1n } ] }"], ['log', 'g'], ['warn', '  in\n  side'], ['log', 'default: 1'], ['warn', 'Assertion failed: why']]);
  assert.match(lines[5][1], /│ 0 +│ 1 │ 'x' │/);
});

/** Runs tests in a page opened for that; what it printed and the code it ended with. */
async function runTests(define, changes) {
  const lines = [];
  let code;
  const page = openPage({ 'console/write': ({ params }) => { assert.equal(params.level, 'tap'); lines.push(params.message); return { data: null }; }, 'application/exit': ({ params }) => { code = params.code; return { data: null }; } }, { test: true, ...changes });
  define(await page.load('test'));
  await until(() => code !== undefined);
  return { lines, code, tap: lines.join('\n') };
}

test('a passing run prints TAP 14 and ends with 0', async () => {
  const { lines, code } = await runTests(({ test }) => {
    test('adds # numbers', t => { t.plan(2); t.equal(1 + 1, 2, 'sum'); t.deepEqual({ a: [new Map([['x', 1]]), NaN] }, { a: [new Map([['x', 1]]), NaN] }); });
    test('throws', async t => { t.throws(() => { throw new TypeError('bad'); }, /bad/); t.throws(() => { throw new TypeError('bad'); }, TypeError); await t.rejects(Promise.reject(Object.assign(new Error('x'), { code: 'E' })), { code: 'E' }); t.ifError(null); });
    test.win32('elsewhere', t => t.fail());
    test.skip('left out', t => t.fail());
  });
  assert.equal(code, 0);
  assert.deepEqual(lines, ['TAP version 14', '# adds \\# numbers', 'ok 1 - sum', 'ok 2 - should be equivalent', '# throws', 'ok 3 - should throw', 'ok 4 - should throw', 'ok 5 - should reject', 'ok 6 - null', '1..6', '# tests 6', '# pass  6', '# ok']);
});

for (const [why, define, pattern] of [
  ['a failed check', ({ test }) => test('t', t => t.equal('a', 'b', 'same')), /not ok 1 - same\n  ---\n  operator: equal\n  expected: \|-\n    "b"\n  actual: \|-\n    "a"\n  stack: \|-\n    Error: same[^]*\n  \.\.\.\n1\.\.1/],
  ['a thrown error', ({ test }) => test('t', async () => { throw new Error('boom'); }), /not ok 1 - threw boom/],
  ['an expected error that did not come', ({ test }) => test('t', t => t.throws(() => {})), /not ok 1 - should throw/],
  ['an error of the wrong class', ({ test }) => test('t', t => t.throws(() => { throw new Error('x'); }, TypeError)), /not ok 1 - should throw/],
  ['a plan that does not hold', ({ test }) => test('t', t => { t.plan(2); t.ok(true); }), /not ok 2 - plan said 2 checks/],
  ['a test that never ends', ({ test }) => test('t', { timeout: 10 }, () => new Promise(() => {})), /not ok 1 - threw test 't' took longer than 10 ms/],
  ['an empty test when strict', ({ test, setStrict }) => { setStrict(true); test('t', () => {}); }, /not ok 1 - test 't' checks nothing/],
  ['a run without any check', ({ test }) => test('t', () => {}), /1\.\.0/],
  ['a check after its test', ({ test }) => { let late; test('one', t => { late = t; t.pass(); }); test('two', t => { late.pass('too late'); t.pass(); }); }, /not ok 2 - check 'too late' after the end of test 'one'/],
]) {
  test(`${why} ends the run with 1`, async () => {
    const { tap, code } = await runTests(define);
    assert.match(tap, pattern);
    assert.equal(code, 1);
  });
}

test('only runs nothing else', async () => {
  const { tap, code } = await runTests(({ test, only }) => { test('a', t => t.fail()); only('b', t => t.pass('b ran')); });
  assert.match(tap, /# b\nok 1 - b ran\n1\.\.1/);
  assert.equal(code, 0);
});

test('without test mode the app is not ended', async () => {
  const page = openPage({ 'console/write': ({ params }) => { lines.push(params.message); return { data: null }; } });
  const lines = [];
  const { test } = await page.load('test');
  test('t', t => t.pass());
  await until(() => lines.at(-1) === '# ok');
  assert.ok(!page.calls().some(([, url]) => url === 'ipc://application/exit'));
});
