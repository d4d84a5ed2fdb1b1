import assert from 'node:assert/strict';
import nodeFs from 'node:fs';
import nodePath from 'node:path';
import { test } from 'node:test';
import { openPage } from './host.mjs';

const enoent = path => ({ err: { name: 'Error', code: 'ENOENT', errno: -2, syscall: 'stat', path, message: `ENOENT: no such file or directory, stat '${path}'` } });
const wireStat = { dev: '66305', mode: 0o100644, nlink: '1', uid: '1000', gid: '1000', rdev: '0', blksize: '4096', ino: '9007199254740993', size: '12', blocks: '8',
  atimeNs: '1700000000123456789', mtimeNs: '1700000001000000000', ctimeNs: '1700000002999999999', birthtimeNs: '1699999999000000001' };

/** A file system in a map, by what docs/bridge.md says of fs commands. */
function memory() {
  const files = new Map([['/home/u/a.txt', Buffer.from('grüße')], ['/home/u/b.bin', Buffer.from([0, 1, 254, 255])]]);
  const open = new Map();
  let ids = 0;
  const calls = [];
  const at = run => call => { calls.push(call); return run(call); };
  const put = append => at(({ resource, params, body }) => {
    const bytes = body ?? Buffer.from(params.data);
    files.set(resource, append ? Buffer.concat([files.get(resource) ?? Buffer.alloc(0), bytes]) : bytes);
    return { data: null };
  });
  const handle = run => at(call => (open.has(call.resource) ? run(open.get(call.resource), call) : { err: { name: 'Error', code: 'ERR_UNKNOWN_HANDLE', message: 'not found' } }));
  const commands = {
    'fs/readFile': at(({ resource, params }) => (!files.has(resource) ? enoent(resource) : params.encoding === 'utf8' ? { data: files.get(resource).toString() } : { bytes: files.get(resource) })),
    'fs/writeFile': put(false), 'fs/appendFile': put(true),
    'fs/stat': at(({ resource }) => (files.has(resource) ? { data: wireStat } : enoent(resource))), 'fs/lstat': at(() => ({ data: { ...wireStat, mode: 0o120777 } })),
    'fs/access': at(({ resource }) => (files.has(resource) ? { data: null } : enoent(resource))),
    'fs/readdir': at(({ resource }) => ({ data: resource === '/home/u' ? [['a.txt', 1], ['sub', 2], ['link', 3]] : [['deep', 1]] })),
    'fs/mkdir': at(({ resource, params }) => ({ data: params.recursive ? resource : null })),
    'fs/rm': at(() => ({ data: null })), 'fs/rename': at(() => ({ data: null })), 'fs/copyFile': at(() => ({ data: null })), 'fs/unlink': at(() => ({ data: null })), 'fs/realpath': at(({ resource }) => ({ data: resource })),
    'fs/open': at(({ resource }) => { const fd = (++ids).toString(16).padStart(32, '0'); open.set('/' + fd, { path: resource, position: 0 }); return { data: { fd } }; }),
    'handle/fs/read': handle((file, { params }) => {
      const from = params.position < 0 ? file.position : params.position;
      const bytes = files.get(file.path).subarray(from, from + params.length);
      if (params.position < 0) file.position += bytes.length;
      return { bytes };
    }),
    'handle/fs/readFile': handle(file => ({ bytes: files.get(file.path).subarray(file.position) })),
    'handle/fs/seek': handle((file, { params }) => { file.position += params.by; return { data: null }; }),
    'handle/fs/write': handle((file, { body }) => { files.set(file.path, Buffer.concat([files.get(file.path) ?? Buffer.alloc(0), body])); return { data: body.length }; }),
    'handle/fs/stat': handle(() => ({ data: wireStat })),
    'handle/fs/truncate': handle((file, { params }) => { files.set(file.path, files.get(file.path).subarray(0, params.len)); return { data: null }; }),
    'handle/fs/sync': handle(() => ({ data: null })),
    'handle/fs/close': at(({ resource }) => { open.delete(resource); return { data: null }; }),
  };
  return { files, open, calls, commands };
}
async function page(changes) {
  const disk = memory();
  const opened = openPage(disk.commands, changes);
  return { ...disk, page: opened, fs: await opened.load('fs'), promises: await opened.load('fs/promises') };
}

test('two streams piped into one file: all of both comes, however much of it waits', { timeout: 20_000 }, async () => {
  const { fs, page: opened, files, commands } = await page();
  const { Readable } = await opened.load('stream');
  const sizes = [];
  const write = commands['handle/fs/write'];
  commands['handle/fs/write'] = call => { sizes.push(call.body.length); return write(call); };
  const target = fs.createWriteStream('/home/u/both');
  const total = 6 << 20;
  const ended = [1, 2].map(mark => {
    let left = total;
    const source = new Readable({ read() { this.push(left === 0 ? null : Buffer.alloc(64 << 10, mark)); left -= 64 << 10; } });
    source.pipe(target, { end: false });
    return new Promise((resolve, reject) => source.on('end', resolve).on('error', reject));
  });
  const finished = new Promise((resolve, reject) => target.on('finish', resolve).on('error', reject));
  await Promise.all(ended);
  target.end();
  await finished;
  assert.ok(Math.max(...sizes) > 1 << 20, `more waited than one pipe's share: ${sizes}`);
  const bytes = files.get('/home/u/both');
  for (const mark of [1, 2]) assert.equal(bytes.reduce((sum, byte) => sum + (byte === mark ? 1 : 0), 0), total);
});

test('readFile: text by the call lane, bytes by the stream lane, every encoding through Buffer', async () => {
  const { promises, calls, fs } = await page();
  assert.equal(await promises.readFile('/home/u/a.txt', 'utf8'), 'grüße');
  assert.equal(calls.at(-1).lane, 'call');
  const bytes = await promises.readFile('/home/u/b.bin');
  assert.deepEqual([...bytes], [0, 1, 254, 255]);
  assert.equal(calls.at(-1).lane, 'stream');
  assert.equal(bytes.readUInt16BE(2), 0xfeff);
  for (const encoding of ['latin1', 'base64', 'hex', 'ascii', 'ucs2', 'utf16le']) {
    assert.equal(await promises.readFile('/home/u/b.bin', { encoding }), Buffer.from([0, 1, 254, 255]).toString(encoding), encoding);
  }
  assert.equal(fs.readFileSync('/home/u/a.txt', 'utf8'), 'grüße');
  assert.deepEqual([...fs.readFileSync('/home/u/b.bin')], [0, 1, 254, 255]);
  await new Promise((resolve, reject) => fs.readFile('/home/u/a.txt', 'utf8', (error, text) => (error || text !== 'grüße' ? reject(error) : resolve())));
  const error = await new Promise(resolve => fs.readFile('/nowhere', resolve));
  assert.equal(error.code, 'ENOENT');
  assert.throws(() => fs.readFileSync('/nowhere', 'utf8'), { code: 'ENOENT', errno: -2, path: '/nowhere' });
});

test('writeFile and appendFile: short text by the call lane, all else as a body', async () => {
  const { promises, fs, calls, files } = await page();
  await promises.writeFile('/home/u/n', 'kurz');
  assert.deepEqual([calls.at(-1).lane, calls.at(-1).params], ['call', { flag: 'w', mode: 0o666, data: 'kurz' }]);
  await promises.appendFile('/home/u/n', ' ff', 'utf8');
  assert.equal(calls.at(-1).params.flag, 'a');
  assert.equal(files.get('/home/u/n').toString(), 'kurz ff');
  await promises.writeFile('/home/u/n', 'ff00', 'hex');
  assert.deepEqual([...files.get('/home/u/n')], [255, 0]);
  await promises.writeFile('/home/u/n', new Uint16Array([1, 2]));
  assert.deepEqual([...files.get('/home/u/n')], [1, 0, 2, 0]);
  await promises.writeFile('/home/u/n', 'x'.repeat(100_000));
  assert.equal(calls.at(-1).lane, 'stream');
  await promises.writeFile('/home/u/n', ['a', 'b']);
  assert.equal(files.get('/home/u/n').toString(), 'ab');
  fs.writeFileSync('/home/u/n', 'sync', { flag: 'wx', mode: '600' });
  assert.deepEqual([calls.at(-1).params.flag, calls.at(-1).params.mode], ['wx', 0o600]);
  await promises.writeFile('/home/u/n', '\ud800');
  assert.deepEqual([...files.get('/home/u/n')], [0xef, 0xbf, 0xbd], 'half a surrogate pair is written as Node writes it');
});

test('paths with any character are one encoded segment each, relative ones start at the cwd', async () => {
  const { promises, calls, page: opened } = await page();
  const names = ['a b', '100%', '#x', 'what?', 'ümlaut-日本', "q'uote(1)!*", 'a&b=c;d,e', 'back\\slash', '..hidden', ' lead'];
  for (const name of names) {
    await promises.rm(`/home/u/${name}`);
    assert.equal(calls.at(-1).resource, `/home/u/${name}`);
    assert.ok(calls.at(-1).url.startsWith('ipc://fs/rm/home/u/' + encodeURIComponent(name)), calls.at(-1).url);
    assert.ok(!/[?#]/.test(calls.at(-1).url), 'nothing of a name becomes query or fragment');
  }
  await promises.rm('sub/../x/./y');
  assert.equal(calls.at(-1).resource, '/home/u/x/y');
  (await opened.load('process')).default.chdir('/tmp');
  await promises.rm('y');
  assert.equal(calls.at(-1).resource, '/tmp/y');
  await promises.rm(new URL('file:///home/u/a%20b%23'));
  assert.equal(calls.at(-1).resource, '/home/u/a b#');
  await promises.rm(Buffer.from('/home/u/ö'));
  assert.equal(calls.at(-1).resource, '/home/u/ö');
});

test('Windows paths: drives, UNC shares and file URLs', async () => {
  const { promises, calls } = await page({ platform: 'win32', cwd: 'C:\\Users\\u' });
  for (const [path, resource] of [['C:\\a b\\c', '/C:/a b/c'], ['notes\\x.txt', '/C:/Users/u/notes/x.txt'], ['d:/x/../y', '/d:/y'], [new URL('file:///C:/a%20b'), '/C:/a b']]) {
    await promises.rm(path);
    assert.equal(calls.at(-1).resource, resource);
  }
  await promises.rm('\\\\srv\\share\\x');
  assert.equal(calls.at(-1).url, 'ipc://fs/rm//srv/share/x');
});

test("bad arguments are refused with Node's codes, at once in callback and sync forms", async () => {
  const { fs, promises, calls } = await page();
  const before = calls.length;
  const bad = [
    [() => fs.readFileSync(5.5), 'ERR_OUT_OF_RANGE'], [() => fs.readFileSync({}), 'ERR_INVALID_ARG_TYPE'], [() => fs.readFileSync('/a\0b'), 'ERR_INVALID_ARG_VALUE'],
    [() => fs.readFileSync('/a', 'no-such'), 'ERR_INVALID_ARG_VALUE'], [() => fs.writeFileSync('/a', 5), 'ERR_INVALID_ARG_TYPE'], [() => fs.readFile('/a'), 'ERR_INVALID_ARG_TYPE'],
    [() => fs.stat(undefined, () => {}), 'ERR_INVALID_ARG_TYPE'], [() => fs.mkdirSync('/a', { recursive: 'yes' }), 'ERR_INVALID_ARG_TYPE'], [() => fs.openSync('/a', 'zz'), 'ERR_INVALID_ARG_VALUE'],
    [() => fs.openSync('/a', 'r', '9'), 'ERR_INVALID_ARG_VALUE'], [() => fs.accessSync('/a', 99), 'ERR_OUT_OF_RANGE'], [() => fs.readFileSync(new URL('https://x/')), 'ERR_INVALID_URL_SCHEME'],
    [() => fs.readFileSync(new URL('file:///a%2Fb')), 'ERR_INVALID_FILE_URL_PATH'], [() => fs.readFileSync(new URL('file://host/a')), 'ERR_INVALID_FILE_URL_HOST'], [() => fs.closeSync(99), 'EBADF'],
    [() => fs.unlinkSync('/a\ud800'), 'ERR_INVALID_ARG_VALUE'], [() => fs.unlinkSync(''), 'ENOENT'],
  ];
  for (const [run, code] of bad) assert.throws(run, { code }, String(run));
  await assert.rejects(promises.readFile(undefined), { code: 'ERR_INVALID_ARG_TYPE' });
  assert.equal(calls.length, before, 'none of them reached the host');
});

test("Stats has Node's members, and BigIntStats loses no digit", async () => {
  const { fs, promises } = await page();
  const stats = await promises.stat('/home/u/a.txt');
  const own = nodeFs.statSync('/');
  for (const name of Object.keys(own)) assert.equal(typeof stats[name], typeof own[name], name);
  for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(Object.getPrototypeOf(own)))) assert.equal(typeof stats[name], typeof own[name], name);
  assert.equal(stats.isFile(), true);
  assert.equal(stats.isDirectory(), false);
  assert.equal(stats.mtimeMs, 1700000001000);
  assert.ok(Math.abs(stats.atimeMs - 1700000000123.4567) < 0.001);
  assert.equal(stats.atime.toISOString(), new Date(1700000000123).toISOString());
  assert.ok((await promises.lstat('/home/u/a.txt')).isSymbolicLink());
  const big = fs.statSync('/home/u/a.txt', { bigint: true });
  assert.equal(big.ino, 9007199254740993n);
  assert.equal(big.atimeNs, 1700000000123456789n);
  assert.equal(big.isFile(), true);
  assert.equal(fs.statSync('/none', { throwIfNoEntry: false }), undefined);
  assert.equal(fs.existsSync('/none'), false);
  assert.equal(fs.existsSync('/home/u/a.txt'), true);
  assert.equal(await new Promise(resolve => fs.exists('/home/u/a.txt', resolve)), true);
});

test('readdir: names, Dirents, below', async () => {
  const { promises, fs } = await page();
  assert.deepEqual(await promises.readdir('/home/u'), ['a.txt', 'sub', 'link']);
  const [file, folder, link] = fs.readdirSync('/home/u', { withFileTypes: true });
  assert.ok(file.isFile() && folder.isDirectory() && link.isSymbolicLink() && !link.isFile());
  assert.equal(folder.parentPath, '/home/u');
  assert.deepEqual(await promises.readdir('/home/u', { recursive: true }), ['a.txt', 'sub', 'link', 'sub/deep']);
});

test('open files: numbers in the callback forms, FileHandle in the promise form', async () => {
  const { promises, fs, files, open } = await page();
  const handle = await promises.open('/home/u/b.bin', 'r+');
  assert.equal(typeof handle.fd, 'number');
  const { bytesRead, buffer } = await handle.read(new Uint8Array(8), 2, 3, 1);
  assert.deepEqual([bytesRead, ...buffer], [3, 0, 0, 1, 254, 255, 0, 0, 0]);
  assert.deepEqual([...(await handle.readFile())], [0, 1, 254, 255]);
  assert.equal((await handle.write('é')).bytesWritten, 2);
  await handle.truncate(1);
  assert.equal(files.get('/home/u/b.bin').length, 1);
  assert.ok((await handle.stat()).isFile());
  await handle.sync();
  const number = handle.fd;
  await handle[Symbol.asyncDispose]();
  await handle.close();
  assert.equal(handle.fd, -1);
  assert.equal(open.size, 0);
  await assert.rejects(handle.read(new Uint8Array(1)), { code: 'EBADF' });
  const fd = fs.openSync('/home/u/a.txt');
  assert.equal(fd, number, 'the lowest free number is taken again');
  const bytes = new Uint8Array(2);
  assert.equal(fs.readSync(fd, bytes, 0, 2, 0), 2);
  assert.equal(Buffer.from(bytes).toString(), 'gr');
  assert.equal(fs.readFileSync(fd, 'utf8'), 'grüße');
  await new Promise((resolve, reject) => fs.write(fd, Buffer.from('!'), error => (error ? reject(error) : resolve())));
  await new Promise((resolve, reject) => fs.close(fd, error => (error ? reject(error) : resolve())));
  assert.throws(() => fs.fstatSync(fd), { code: 'EBADF' });
});

test('an aborted readFile rejects with AbortError', async () => {
  const { promises } = await page();
  await assert.rejects(promises.readFile('/home/u/a.txt', { encoding: 'utf8', signal: AbortSignal.abort() }), { name: 'AbortError', code: 'ABORT_ERR' });
});

test("path is Node's own code, both kinds", async () => {
  const path = await openPage({}, { cwd: process.cwd(), env: {} }).load('path');
  const samples = ['', '.', '/', '/a/../b/./c//', 'a/b.txt', 'C:\\x\\..\\y', '\\\\srv\\s\\f', 'C:rel', '../..', 'a.b.', '.rc'];
  for (const kind of ['posix', 'win32']) {
    for (const name of ['normalize', 'dirname', 'basename', 'extname', 'isAbsolute', 'parse', 'toNamespacedPath']) {
      for (const sample of samples) if (!(kind === 'win32' && name === 'toNamespacedPath')) assert.deepEqual(path[kind][name](sample), nodePath[kind][name](sample), `${kind}.${name}(${sample})`);
    }
    // Newer Node writes join('.', 'C:\\y') as '.\\C:\\y'; the package has the older 'C:\\y'. Nothing relies on it: the host checks whole paths.
    for (const a of samples) for (const b of samples) if (kind === 'posix' || !b.startsWith('C:')) assert.equal(path[kind].join(a, b), nodePath[kind].join(a, b));
  }
  for (const a of samples) for (const b of samples) assert.equal(path.posix.relative(a, b), nodePath.posix.relative(a, b));
  assert.equal(path.resolve('x'), nodePath.resolve('x'));
  assert.equal(path.DOCUMENTS, '/home/u/Documents');
  assert.throws(() => path.join(5), { code: 'ERR_INVALID_ARG_TYPE' });
});
