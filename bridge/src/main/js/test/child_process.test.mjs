// The module on a host that starts real programs by Node's own child_process; results are compared with Node's.
import assert from 'node:assert/strict';
import node from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, existsSync } from 'node:fs';
import { constants as os } from 'node:os';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { openPage, until } from './host.mjs';

const wire = (code, syscall) => ({ err: { name: 'Error', code, errno: -os.errno[code], syscall, message: `${code}: …, ${syscall}` } });

function programs() {
  const children = new Map(), calls = [];
  let pushed, channels = 0;
  const early = [];
  const frame = (channel, bytes) => {
    const head = Buffer.alloc(8);
    head.writeUInt32LE(bytes.length, 0);
    head.writeUInt32LE(channel, 4);
    const whole = new Uint8Array(Buffer.concat([head, bytes]));
    if (pushed === undefined) early.push(whole);
    else pushed.enqueue(whole);
  };
  const start = (file, args) => ({ params, body }) => {
    const options = { cwd: params.cwd, env: { PATH: process.env.PATH, ...params.env }, stdio: [params.stdin, params.stdout, params.stderr] };
    if (params.sync) {
      const { pid, status, signal, stdout, stderr, error } = node.spawnSync(file, args, { ...options, input: body, timeout: params.timeout, maxBuffer: params.maxBuffer, killSignal: params.killSignal });
      const meta = { pid, ...(status === null ? {} : { status }), ...(signal === null ? {} : { signal }), error: error?.code ?? '', stdoutBytes: stdout?.length ?? 0 };
      return { bytes: Buffer.concat([stdout ?? Buffer.alloc(0), stderr ?? Buffer.alloc(0)]), headers: { 'x-dunlin-meta': encodeURIComponent(JSON.stringify(meta)) } };
    }
    const child = node.spawn(file, args, options), id = String(children.size + 1).padStart(32, '0');
    const ids = [child.stdout, child.stderr].map(stream => {
      const channel = ++channels;
      if (stream === null) setImmediate(() => frame(channel, Buffer.alloc(0)));
      else stream.on('data', bytes => frame(channel, bytes)).on('end', () => frame(channel, Buffer.alloc(0)));
      return channel;
    });
    children.set('/' + id, { child, exit: new Promise(told => child.on('exit', (code, signal) => told({ data: { code, signal } }))) });
    child.stdin?.on('error', () => {});
    return { data: { child: id, pid: child.pid, stdout: ids[0], stderr: ids[1] } };
  };
  const on = run => ({ resource, ...call }) => (children.has(resource) ? run(children.get(resource), call, resource) : { err: { name: 'Error', code: 'ERR_UNKNOWN_HANDLE', message: 'not found' }, status: 404 });
  const commands = {
    'push/': () => ({ bytes: new ReadableStream({ start: controller => { pushed = controller; early.forEach(one => pushed.enqueue(one)); } }) }),
    'push/credit': () => ({ data: null }),
    'child-process/lookup': ({ params }) => {
      for (const path of params.file.includes('/') ? [params.file] : process.env.PATH.split(':').map(folder => `${folder}/${params.file}`)) {
        if (!existsSync(path)) continue;
        try { accessSync(path, constants.X_OK); } catch { return wire('EACCES', 'spawn'); }
        return { data: { path } };
      }
      return wire('ENOENT', 'spawn');
    },
    'child-process/spawn': call => {
      calls.push(call);
      if (call.resource === '/usr/bin/id') return { err: { name: 'NotAllowedError', code: 'ERR_ACCESS_DENIED', message: 'add ipc://child-process/spawn/usr/bin/id', source: call.url }, status: 403 };
      return start(call.resource, call.params.args)(call);
    },
    'child-process/shell': call => { calls.push(call); return start(call.params.shell ?? '/bin/sh', ['-c', call.params.command])(call); },
    'handle/child-process/wait': on(({ exit }) => exit),
    'handle/child-process/write': on(({ child }, { body }) => new Promise(told => child.stdin.write(body, error => told(error ? wire('EPIPE', 'write') : { data: null })))),
    'handle/child-process/end': on(({ child }) => { child.stdin?.end(); return { data: null }; }),
    'handle/child-process/kill': on(({ child }, { params }) => ({ data: child.kill(params.signal) })),
    'handle/child-process/close': on(({ child }, _call, id) => { child.kill('SIGKILL'); children.delete(id); return { data: null }; }),
  };
  return { commands, children, calls };
}

async function open(change = {}) {
  const host = programs();
  const page = openPage(host.commands, { cwd: '/tmp', env: { LANG: 'C' }, constants: { errno: os.errno, signals: os.signals, fs: {} }, ...change });
  return { ...host, page, cp: await page.load('child_process') };
}
const heard = child => {
  const events = [];
  for (const name of ['spawn', 'exit', 'close', 'error']) child.on(name, (...args) => events.push([name, ...args.map(arg => (arg instanceof Error ? [arg.message, arg.code, arg.errno, arg.syscall, arg.path, arg.spawnargs] : arg))]));
  return events;
};
async function text(stream) {
  let all = '';
  for await (const chunk of stream) all += chunk;
  return all;
}

test('spawn: streams, exit code, and events in Node\'s order', async () => {
  const { cp, children } = await open();
  for (const [file, args, options] of [['printf', ['%s|', 'a b', '$HOME']], ['sh', ['-c', 'echo out; echo err >&2; exit 7']], ['no-such-program', ['x']], ['echo hi | tr h H', [], { shell: true }], ['true', [], { stdio: 'ignore' }]]) {
    const seen = [];
    for (const module of [cp, node]) {
      const child = module.spawn(file, args, { ...options, cwd: '/tmp' });
      const events = heard(child);
      const outputs = Promise.all([child.stdout, child.stderr].map(stream => (stream ? text(stream) : null)));
      await new Promise(done => child.on('close', done));
      seen.push({ events, outputs: await outputs, exitCode: child.exitCode, args: child.spawnargs, file: child.spawnfile });
    }
    assert.deepEqual(seen[0], seen[1], file);
  }
  await until(() => children.size === 0);
});

test('stdin takes what is piped into it, and its end', async () => {
  const { cp } = await open();
  const child = cp.spawn('cat');
  const big = 'äöü'.repeat(100_000);
  child.stdin.write('first ');
  child.stdin.end(big);
  assert.equal(await text(child.stdout.setEncoding('utf8')), 'first ' + big);
  const deaf = cp.spawn('sh', ['-c', 'exec <&-; echo ready; sleep 5']);
  await once(deaf.stdout, 'data');
  deaf.stdin.write('nobody hears');
  const [error] = await once(deaf.stdin, 'error');
  assert.deepEqual([error.message, error.code, error.syscall, error.errno], ['write EPIPE', 'EPIPE', 'write', -32]);
  deaf.kill();
});

test('kill, timeout and AbortSignal end a child by signal', async () => {
  const { cp } = await open();
  const child = cp.spawn('sleep', ['100']);
  const events = heard(child);
  // Before it is started, too.
  assert.equal(child.kill('SIGINT'), true);
  await new Promise(done => child.on('close', done));
  assert.deepEqual(events, [['spawn'], ['exit', null, 'SIGINT'], ['close', null, 'SIGINT']]);
  assert.equal(child.signalCode, 'SIGINT');
  assert.equal(child.kill(), false);
  assert.throws(() => child.kill('SIGNOT'), { code: 'ERR_UNKNOWN_SIGNAL', name: 'TypeError' });
  const slow = cp.spawn('sleep', ['100'], { timeout: 20, killSignal: 'SIGKILL' });
  assert.deepEqual(await new Promise(done => slow.on('exit', (...end) => done(end))), [null, 'SIGKILL']);
  const controller = new AbortController();
  const aborted = cp.spawn('sleep', ['100'], { signal: controller.signal });
  aborted.on('spawn', () => controller.abort('enough'));
  const error = await new Promise(done => aborted.on('error', done));
  assert.deepEqual([error.name, error.code, error.cause], ['AbortError', 'ABORT_ERR', 'enough']);
});

test('a denial is the error, with the source to add', async () => {
  const { cp } = await open();
  const child = cp.spawn('/usr/bin/id');
  const error = await new Promise(done => child.on('error', done));
  assert.equal(error.name, 'NotAllowedError');
  assert.match(error.source, /child-process\/spawn\/usr\/bin\/id$/);
  assert.throws(() => cp.execFileSync('/usr/bin/id'), { name: 'NotAllowedError' });
});

test('exec and execFile: callback, promise, promisify, and errors as Node has them', async () => {
  const { cp, calls } = await open();
  const run = (module, name, ...args) => new Promise(done => module[name](...args, (error, stdout, stderr) => done([error && [error.message, error.code, error.killed, error.signal, error.cmd], String(stdout), String(stderr)])));
  for (const call of [['exec', 'echo $((1+1)); echo e >&2'], ['exec', 'exit 3'], ['exec', 'exec yes', { maxBuffer: 100 }], ['exec', 'exec sleep 9', { timeout: 30 }], ['execFile', 'printf', ['%s', '$x']], ['execFile', '/usr/bin/cat', ['/nowhere']], ['execFile', 'nope-nope', []]]) {
    assert.deepEqual(await run(cp, ...call), await run(node, ...call), call.join(' '));
  }
  assert.deepEqual(await cp.exec('echo a'), { stdout: 'a\n', stderr: '' });
  assert.deepEqual(await promisify(cp.execFile)('echo', ['b']), { stdout: 'b\n', stderr: '' });
  await assert.rejects(promisify(cp.exec)('exit 2'), { code: 2, stdout: '' });
  assert.ok((await new Promise(done => cp.execFile('echo', ['c'], { encoding: 'buffer' }, (_error, stdout) => done(stdout)))) instanceof Uint8Array);
  // No shell saw what execFile got.
  assert.ok(calls.filter(call => call.url.includes('/shell')).every(call => call.params.command !== 'printf %s $x'));
});

test('the synchronous forms give what Node gives', async () => {
  const { cp } = await open();
  const plain = ({ pid, error, ...rest }) => ({ ...JSON.parse(JSON.stringify(rest)), pid: pid > 0, error: error && [error.message, error.code, error.errno, error.syscall, error.path, error.spawnargs] });
  for (const call of [['sh', ['-c', 'cat; echo e >&2; exit 3'], { input: 'in' }], ['nope-nope', ['x']], ['sleep', ['9'], { timeout: 30 }], ['echo', ['ü'], { encoding: 'utf8' }], ['echo $((6*7))', { shell: true }]]) {
    assert.deepEqual(plain(cp.spawnSync(...call)), plain(node.spawnSync(...call)), call.join(' '));
  }
  assert.equal(cp.execSync('echo hi', { encoding: 'utf8' }), 'hi\n');
  assert.equal(cp.execFileSync('printf', ['%s', '*']).toString(), '*');
  const failure = module => { try { module.execSync('echo gone >&2; exit 4', { stdio: 'pipe' }); } catch (error) { return [error.message, error.status, error.signal, String(error.stderr)]; } return 'no error'; };
  assert.deepEqual(failure(cp), failure(node));
});

test('what makes no sense is refused as Node refuses it, or says what to do', async () => {
  const { cp } = await open();
  for (const args of [[], [''], ['a\0b'], ['a', 1], ['a', ['b\0']], ['a', [], { cwd: 1 }], ['a', [], { shell: 1 }], ['a', [], { timeout: -1 }], ['a', [], { killSignal: 'SIGNOT' }], ['a', [], 'x'], ['a', [], { stdio: 'loud' }]]) {
    const of = module => { try { module.spawn(...args).on('error', () => {}); } catch (error) { return [error.constructor.name, error.code]; } return 'started'; };
    assert.deepEqual(of(cp), of(node), JSON.stringify(args));
  }
  assert.throws(() => cp.fork('x.js'), { name: 'NotSupportedError', message: /Worker/ });
  assert.throws(() => cp.spawn('a', [], { detached: true }), { name: 'NotSupportedError', message: /ends with its page/ });
  assert.throws(() => cp.spawn('a', [], { uid: 0 }), { name: 'NotSupportedError' });
});

test('a slow reader stops the flow, and a destroyed stream lets the child go on', async () => {
  const { cp, page } = await open();
  const child = cp.spawn('head', ['-c', '4000000', '/dev/zero']);
  await once(child, 'spawn');
  await until(() => child.stdout.readableLength > 0);
  await new Promise(resolve => setImmediate(resolve));
  const credits = () => page.calls().filter(([, url]) => url === 'ipc://push/credit').length;
  assert.ok(child.stdout.readableLength < 300_000, `${child.stdout.readableLength} bytes wait in the stream`);
  assert.equal(credits(), 0);
  child.stdout.destroy();
  await new Promise(done => child.on('close', done));
  await until(() => credits() > 10);
});
