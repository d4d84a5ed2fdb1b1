// The same scripts for Node and for the runtime: each case is a name and what came of it, as JSON. What differs from run to run (the
// root, clocks, inode numbers) is taken out; what an argument error says is compared by its code alone.

/** @returns {Promise<[string, unknown][]>} */
export async function corpus ({ fs, path, Buffer }, root, seed) {
  const results = []
  const at = (...names) => path.join(root, ...names)
  const clean = (text) => text.replaceAll(root, '<root>').replace(/tmp-[A-Za-z0-9]{6}(?='|$)/g, 'tmp-XXXXXX')

  function plain (value) {
    if (value === undefined) return '<undefined>'
    if (value === null || typeof value === 'boolean') return value
    if (typeof value === 'bigint') return `${value}n`
    if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
    if (typeof value === 'string') return clean(value)
    if (typeof value === 'function') return '<function>'
    if (ArrayBuffer.isView(value)) return { bytes: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex') }
    if (value instanceof Date) return '<date>'
    if (value instanceof Error) return failure(value)
    if (Array.isArray(value)) return value.map(plain)
    if (typeof value.isFile === 'function' && 'mode' in value) return stats(value)
    if (typeof value.isFile === 'function') return { name: plain(value.name), parent: clean(value.parentPath ?? value.path), is: kinds(value) }
    return Object.fromEntries(Object.keys(value).sort().map((key) => [key, plain(value[key])]))
  }
  const KINDS = ['isFile', 'isDirectory', 'isSymbolicLink', 'isFIFO', 'isSocket', 'isCharacterDevice', 'isBlockDevice']
  const kinds = (value) => KINDS.filter((kind) => value[kind]()).join()
  function stats (value) {
    const members = {}
    // The two run on different devices; a disk gives a file its blocks some time after it was written.
    for (const name of ['dev', 'blocks']) members[name] = typeof value[name]
    for (const name of ['mode', 'nlink', 'uid', 'gid', 'rdev', 'blksize', 'size']) members[name] = plain(name === 'size' && value.isDirectory() ? 0 : value[name])
    members.keys = Object.keys(value).sort().join()
    members.is = kinds(value)
    members.types = [typeof value.ino, typeof value.mtimeMs, typeof value.mtimeNs, Object.prototype.toString.call(value.mtime)]
    return members
  }
  function failure (error) {
    const code = error.code
    if (typeof code === 'string' && code.startsWith('ERR_')) return { error: code }
    return { error: code ?? error.name, message: clean(error.message), errno: error.errno ?? null, syscall: error.syscall ?? null, path: error.path === undefined ? null : clean(String(error.path)), dest: error.dest === undefined ? null : clean(String(error.dest)) }
  }
  async function note (name, work) {
    try {
      results.push([name, plain(await work())])
    } catch (error) {
      results.push([name, failure(error)])
    }
  }
  /** One function in its three forms, on the same state; `reset` brings it back in between. */
  async function all (label, name, args, reset = () => {}, look = (value) => value) {
    const made = () => (typeof args === 'function' ? args() : args)
    const forms = []
    if (typeof fs.promises[name] === 'function') forms.push(['promise', () => fs.promises[name](...made())])
    if (typeof fs[name + 'Sync'] === 'function') forms.push(['sync', () => fs[name + 'Sync'](...made())])
    if (typeof fs[name] === 'function') forms.push(['callback', () => new Promise((resolve, reject) => fs[name](...made(), (error, ...values) => (error ? reject(error) : resolve(values.length > 1 ? values : values[0]))))])
    for (const [form, run] of forms) {
      await reset()
      await note(`${form} ${name} ${label}`, async () => look(await run()))
    }
  }
  const tree = async (folder) => {
    const found = []
    const walk = (below) => {
      for (const entry of fs.readdirSync(path.join(folder, below), { withFileTypes: true })) {
        const name = path.join(below, entry.name)
        const stat = fs.lstatSync(path.join(folder, name))
        found.push([name, kinds(entry), stat.mode & 0o7777, stat.isFile() ? fs.readFileSync(path.join(folder, name), 'utf8') : stat.isSymbolicLink() ? clean(fs.readlinkSync(path.join(folder, name))) : ''])
        if (entry.isDirectory()) walk(name)
      }
    }
    walk('')
    return found.sort((a, b) => (a[0] < b[0] ? -1 : 1))
  }

  // ---- a place to work in
  const fresh = async () => {
    const { chmod, mkdir, rm, symlink, writeFile } = fs.promises
    for (const folder of ['work', 'work/folder', 'work/folder/inner']) await chmod(at(folder), 0o755).catch(() => {})
    await rm(at('work'), { recursive: true, force: true })
    await mkdir(at('work/folder/inner'), { recursive: true })
    await Promise.all([
      writeFile(at('work/file.txt'), 'grüße\nzweite Zeile\n').then(() => chmod(at('work/file.txt'), 0o640)),
      writeFile(at('work/bytes.bin'), Buffer.from([0, 1, 2, 0xfe, 0xff, 0xef, 0xbb, 0xbf])), writeFile(at('work/empty'), ''),
      writeFile(at('work/folder/in.txt'), 'inside'), writeFile(at('work/folder/inner/deep.txt'), 'deep'),
      symlink('file.txt', at('work/link')), symlink('nowhere', at('work/dangling')), symlink('folder', at('work/way')), symlink('loop', at('work/loop'))
    ])
  }
  const KINDS_OF_PATH = ['file.txt', 'bytes.bin', 'empty', 'folder', 'folder/inner', 'link', 'dangling', 'way', 'loop', 'missing', 'missing/below', 'file.txt/below', 'way/in.txt', 'n'.repeat(300), 'ümläut 日本 😀', 'a%b#c?d', 'link/below', 'loop/below']
  const w = (name) => at('work', name)

  // ---- each path to each function that takes one
  const READS = new Set(['access', 'stat', 'lstat', 'readFile', 'readdir', 'readlink', 'realpath', 'opendir', 'statfs'])
  await fresh()
  const single = {
    access: [[]], stat: [[], [{ bigint: true }]], lstat: [[]], readFile: [['utf8'], [], [{ encoding: 'base64' }], [{ flag: 'r+' }], [{ flag: 'a+', encoding: 'latin1' }], [{ flag: 'w' }]],
    readdir: [[], [{ withFileTypes: true }], ['buffer']], readlink: [[], ['buffer']], realpath: [[]], rmdir: [[]], unlink: [[]], rm: [[], [{ force: true }], [{ recursive: true }], [{ recursive: true, force: true }]],
    mkdir: [[], [{ recursive: true }]], writeFile: [['new text'], [Buffer.from([9, 8, 7]), { flag: 'a' }], ['x', { flag: 'wx' }], ['ff', 'hex'], ['x', { flag: 'r+' }]], appendFile: [['more'], ['x', { flag: 'ax' }]],
    truncate: [[], [3], [50]], chmod: [[0o600], ['755'], [0o4711]], utimes: [[1, 2.5]], lutimes: [[1e9, 1234567890.123456]], chown: [[-1, -1]], lchown: [[-1, -1]], opendir: [[]], statfs: [[]]
  }
  const usual = { opendir: async (dir) => { const names = []; for await (const entry of dir) names.push(entry.name); return names.sort() }, statfs: (stat) => Object.keys(stat).map((key) => [key, typeof stat[key]]), access: () => 'yes' }
  for (const [name, lists] of Object.entries(single)) {
    for (const args of lists) {
      for (const kind of KINDS_OF_PATH) {
        await all(`${kind.slice(0, 20)} ${plain(args) && JSON.stringify(plain(args))}`, name, [w(kind), ...args], READS.has(name) && args[0]?.flag === undefined ? undefined : fresh, usual[name])
      }
    }
  }

  // ---- two paths
  for (const from of ['file.txt', 'folder', 'link', 'dangling', 'missing', 'way', 'file.txt/x']) {
    for (const to of ['new', 'empty', 'folder', 'folder/inner', 'missing/new', 'file.txt', 'file.txt/x', 'link', 'folder/new']) {
      for (const name of ['rename', 'copyFile', 'link', 'symlink']) await all(`${from} to ${to}`, name, [w(from), w(to)], fresh)
    }
  }
  await all('exclusive', 'copyFile', () => [w('file.txt'), w('empty'), fs.constants.COPYFILE_EXCL], fresh)
  for (const [from, to, options] of [['folder', 'new', { recursive: true }], ['folder', 'new', {}], ['folder', 'new', undefined], ['file.txt', 'new', undefined], ['file.txt', 'empty', { force: false }], ['file.txt', 'empty', { force: false, errorOnExist: true }], ['file.txt', 'folder', {}], ['folder', 'file.txt', { recursive: true }],
    ['folder', 'folder/inner/x', { recursive: true }], ['file.txt', 'file.txt', {}], ['missing', 'new', {}], ['link', 'new', {}], ['link', 'new', { dereference: true }], ['link', 'new', { verbatimSymlinks: true }], ['way', 'new', { recursive: true }], ['way', 'new', { recursive: true, dereference: true }], ['file.txt', 'missing/a/b', {}],
    ['folder', 'new', { recursive: true, filter: (source) => !source.endsWith('deep.txt') }], ['folder', 'new', { recursive: true, preserveTimestamps: true }], ['link', 'dangling', {}], ['folder', 'new', { recursive: 'yes' }], ['folder', 'new', { dereference: true, verbatimSymlinks: true }]]) {
    await all(`${from} to ${to} ${JSON.stringify(options)}`, 'cp', options === undefined ? [w(from), w(to)] : [w(from), w(to), options], fresh, () => tree(at('work')))
  }

  // ---- arguments that are none
  await fresh()
  const wrong = [undefined, null, 5, {}, [], true, Symbol.iterator, 'a\0b', Buffer.from('a\0b'), '', new URL('https://example.org/'), new URL('file://elsewhere/x'), new URL('file:///a%2Fb')]
  for (const name of ['stat', 'readFile', 'readdir', 'unlink', 'mkdir', 'readlink', 'realpath', 'rmdir', 'opendir', 'lstat', 'access']) {
    for (const value of wrong) if (name !== 'readFile' || !['number', 'symbol'].includes(typeof value)) await all(`of ${typeof value} ${typeof value === 'symbol' ? '' : String(value).slice(0, 30)}`, name, [value])
  }
  for (const [name, args] of [['chmod', [w('file.txt'), 'x']], ['chmod', [w('file.txt')]], ['chmod', [w('file.txt'), -1]], ['chmod', [w('file.txt'), 1.5]], ['utimes', [w('file.txt'), 'x', 1]], ['utimes', [w('file.txt'), {}, 1]], ['utimes', [w('file.txt'), NaN, 1]], ['chown', [w('file.txt'), 'a', 1]],
    ['chown', [w('file.txt'), -2, 1]], ['truncate', [w('file.txt'), 'x']], ['truncate', [w('file.txt'), 1.5]], ['open', [w('file.txt'), 'q']], ['open', [w('file.txt'), 'r', 'x']], ['readFile', [w('file.txt'), 'no-such']], ['readFile', [w('file.txt'), 5]], ['readFile', [w('file.txt'), { signal: 5 }]], ['writeFile', [w('x'), 5]], ['writeFile', [w('x'), {}]],
    ['writeFile', [w('x'), undefined]], ['writeFile', [w('x'), null]], ['writeFile', [w('x'), 'a', { flag: 'q' }]], ['mkdir', [w('x'), { recursive: 1 }]], ['mkdir', [w('x'), { mode: 'z' }]], ['rm', [w('x'), { recursive: 1 }]], ['rm', [w('x'), { force: 1 }]], ['symlink', ['a', w('x'), 'kind']], ['readdir', [w('folder'), 'no-such']], ['copyFile', [w('file.txt'), w('x'), 9]],
    ['copyFile', [w('file.txt'), w('x'), 'a']], ['access', [w('file.txt'), 9]], ['access', [w('file.txt'), 'r']], ['mkdtemp', [5]], ['mkdtemp', ['a\0']], ['link', [5, 5]], ['rename', [w('file.txt')]], ['rename', [5, w('x')]], ['cp', [w('file.txt')]], ['cp', [w('file.txt'), w('x'), 5]], ['statfs', [5]]]) {
    await all(`wrongly ${JSON.stringify(args.map(plain))}`, name, args)
  }
  for (const name of ['readFile', 'stat', 'open', 'chmod', 'cp', 'symlink', 'mkdtemp', 'opendir', 'fstat', 'readv']) await note(`${name} without callback`, () => fs[name](w('file.txt'), 0o644))
  for (const name of ['close', 'fstat', 'fsync', 'fdatasync', 'ftruncate']) await all('of a closed number', name, [12345])
  for (const name of ['close', 'fstat', 'fsync', 'fdatasync', 'ftruncate']) for (const value of [undefined, null, 'x', -1, 1.5, {}]) await note(`${name}Sync(${value})`, () => fs[name + 'Sync'](value))

  // ---- modes and times
  for (const [a, m] of [[0, 0], [1.5, 2.25], [1234567890, 1234567890.5], ['12', '13.5'], [new Date(1e12), new Date(1.5e12)], [new Date(0), 1e10]]) {
    for (const name of ['utimes', 'lutimes']) {
      await all(`${String(a)} ${String(m)}`, name, [w('link'), a, m], fresh, () => {
        const stat = fs[name === 'utimes' ? 'statSync' : 'lstatSync'](w('link'), { bigint: true })
        return [stat.atimeNs, stat.mtimeNs]
      })
    }
  }
  for (const mode of [0, 0o777, 0o1777, '644', 0o2755]) await all(String(mode), 'chmod', [w('file.txt'), mode], fresh, () => fs.statSync(w('file.txt')).mode)
  for (const mode of [0o700, '755', undefined]) await all(`mode ${mode}`, 'mkdir', [w('made'), { mode }], fresh, () => fs.statSync(w('made')).mode)
  for (const mode of [0o600, 0o666, '400']) await all(`mode ${mode}`, 'writeFile', [w('made'), 'x', { mode }], fresh, () => fs.statSync(w('made')).mode)
  await note('stat times', () => { fs.utimesSync(w('file.txt'), 1, 1.5); const stat = fs.statSync(w('file.txt')); return [stat.atimeMs, stat.mtimeMs, stat.mtime.toISOString()] })
  await note('stat throwIfNoEntry', () => [fs.statSync(w('none'), { throwIfNoEntry: false }), fs.lstatSync(w('file.txt/none'), { throwIfNoEntry: false })])
  await note('exists', () => [fs.existsSync(w('file.txt')), fs.existsSync(w('none')), fs.existsSync(undefined), fs.existsSync(w('dangling'))])
  await all('prefix', 'mkdtemp', [w('tmp-')], fresh, (made) => [made.length - w('tmp-').length, made.startsWith(w('tmp-')), fs.statSync(made).mode])
  await all('in a folder', 'mkdtemp', [w('folder') + '/'], fresh, (made) => [made.length - w('folder/').length, fs.statSync(made).isDirectory()])
  await all('missing', 'mkdtemp', [w('missing/tmp-')], fresh)
  await all('recursive', 'readdir', [w(''), { recursive: true }], fresh, (names) => names.sort())
  await all('recursive types', 'readdir', [w('folder'), { recursive: true, withFileTypes: true }], fresh, (entries) => entries.map((entry) => [entry.name, kinds(entry)]).sort())
  await all('recursive', 'rmdir', [w('folder'), { recursive: true }], fresh, () => tree(at('work')))
  await all('recursive', 'opendir', [w('folder'), { recursive: true }], fresh, usual.opendir)
  await all('small batches', 'opendir', [w(''), { bufferSize: 1 }], fresh, usual.opendir)

  await note('opendirSync without room', () => fs.opendirSync(w('folder'), { bufferSize: 0 }))

  // ---- open files
  for (const flags of ['r', 'r+', 'w', 'w+', 'a', 'a+', 'wx', 'ax', 'rs', 'rs+', 'as', 'wx+', 'ax+']) {
    for (const file of ['file.txt', 'missing', 'folder', 'link', 'dangling']) {
      await note(`open ${file} ${flags}`, async () => {
        await fresh()
        const fd = fs.openSync(w(file), flags)
        const said = []
        const tell = (name, work) => { try { said.push([name, plain(work())]) } catch (error) { said.push([name, failure(error)]) } }
        const buffer = Buffer.alloc(8)
        tell('read', () => fs.readSync(fd, buffer, 0, 4, null))
        tell('read at', () => fs.readSync(fd, buffer, 4, 4, 2))
        tell('write', () => fs.writeSync(fd, 'WRITE'))
        tell('write at', () => fs.writeSync(fd, Buffer.from('abcdef'), 1, 3, 0))
        tell('write text at', () => fs.writeSync(fd, 'ff', 1, 'hex'))
        tell('read rest', () => fs.readFileSync(fd, 'latin1'))
        tell('readv', () => fs.readvSync(fd, [Buffer.alloc(2), Buffer.alloc(3)], 0))
        tell('writev', () => fs.writevSync(fd, [Buffer.from('12'), Buffer.from('345')]))
        tell('truncate', () => fs.ftruncateSync(fd, 7))
        tell('stat', () => fs.fstatSync(fd).size * (fs.fstatSync(fd).isFile() ? 1 : 0))
        tell('bytes', () => buffer)
        tell('sync', () => fs.fsyncSync(fd))
        tell('datasync', () => fs.fdatasyncSync(fd))
        tell('close', () => fs.closeSync(fd))
        tell('close again', () => fs.closeSync(fd))
        tell('content', () => fs.readFileSync(w(file), 'latin1'))
        return said
      })
    }
  }
  for (const [name, args] of [['offset', [9, 1]], ['length', [0, 99]], ['negative', [-1, 2]], ['fraction', [0, 1.5]], ['text', ['0', 1]]]) {
    for (const kind of ['read', 'write']) await note(`${kind}Sync with wrong ${name}`, async () => { await fresh(); const fd = fs.openSync(w('file.txt'), 'r+'); try { return fs[kind + 'Sync'](fd, Buffer.alloc(8), ...args, null) } finally { fs.closeSync(fd) } })
  }
  await note('FileHandle', async () => {
    await fresh()
    const handle = await fs.promises.open(w('file.txt'), 'r+')
    const heard = []
    handle.on('close', () => heard.push('close'))
    const said = [typeof handle.fd]
    said.push(await handle.read(Buffer.alloc(4), 0, 4, 0), await handle.read({ buffer: Buffer.alloc(3), position: 1 }), await handle.write('zz', 2), await handle.write(Buffer.from('qq'), { position: 0 }))
    said.push(await handle.readv([Buffer.alloc(2), Buffer.alloc(2)], 0), await handle.writev([Buffer.from('a'), Buffer.from('b')], 4))
    said.push(await handle.readFile('utf8'), await handle.truncate(4), (await handle.stat()).size, await handle.chmod(0o600), await handle.utimes(1, 2), await handle.sync(), await handle.datasync(), await handle.chown(-1, -1))
    await handle.appendFile('end')
    said.push((await handle.stat()).mode)
    await handle.close()
    await Promise.resolve()
    said.push(handle.fd, heard, fs.readFileSync(w('file.txt'), 'utf8'))
    return said
  })
  await note('FileHandle closed', async () => { const handle = await fs.promises.open(w('file.txt')); await handle.close(); return handle.read(Buffer.alloc(1)).catch((error) => error.code) })
  await note('readLines', async () => { await fresh(); const handle = await fs.promises.open(w('file.txt')); const lines = []; for await (const line of handle.readLines()) lines.push(line); return lines })
  await note('writeFile iterables', async () => {
    await fs.promises.writeFile(w('it'), ['a', 'b', Buffer.from('c')])
    await fs.promises.appendFile(w('it'), 'd')
    return fs.readFileSync(w('it'), 'utf8')
  })
  await note('aborted', () => fs.promises.readFile(w('file.txt'), { signal: AbortSignal.abort() }).catch((error) => [error.name, error.code]))
  await note('dir closed', async () => { const dir = fs.opendirSync(w('folder')); dir.closeSync(); return [await dir.read().catch((error) => error.code), (() => { try { dir.closeSync() } catch (error) { return error.code } })()] })
  await note('dir read', async () => { const dir = await fs.promises.opendir(w('folder')); const names = []; for (let entry; (entry = await dir.read()) !== null;) names.push(entry.name); await dir.close(); return [names.sort(), dir.path === w('folder')] })

  // ---- streams
  const drained = (stream) => new Promise((resolve) => {
    const said = [], parts = []
    for (const event of ['open', 'ready', 'end', 'error', 'close', 'finish']) stream.on(event, (value) => said.push(event === 'error' ? [event, failure(value)] : [event, event === 'open' ? typeof value : '']))
    if (stream.readable) stream.on('data', (part) => parts.push(typeof part === 'string' ? part : Buffer.from(part).toString('latin1')))
    stream.on('close', () => resolve({ said, parts: parts.map((part) => part.length), text: parts.join(''), bytesRead: stream.bytesRead, bytesWritten: stream.bytesWritten, destroyed: stream.destroyed, pending: stream.pending }))
  })
  const long = Buffer.alloc(300_000, 'abcdefghij')
  for (const options of [undefined, {}, { start: 2 }, { start: 2, end: 5 }, { end: 0 }, { end: 3 }, { highWaterMark: 4 }, { encoding: 'utf8' }, 'base64', { start: 1000 }, { autoClose: false }]) {
    for (const file of ['file.txt', 'missing', 'empty', 'folder']) {
      if (options?.autoClose === false) continue
      await note(`createReadStream ${file} ${JSON.stringify(options)}`, async () => { await fresh(); return drained(fs.createReadStream(w(file), options)) })
    }
  }
  await note('createReadStream long', async () => { fs.writeFileSync(w('long'), long); const got = await drained(fs.createReadStream(w('long'))); return { ...got, text: got.text === long.toString() } })
  await note('createReadStream aborted', async () => { const controller = new AbortController(); const stream = fs.createReadStream(w('long'), { signal: controller.signal }); const done = drained(stream); controller.abort(); const got = await done; return got.said.filter(([event]) => event === 'error' || event === 'close').map(([event, value]) => [event, value.error ?? '']) })
  for (const options of [{ start: 5, end: 2 }, { start: 'x' }, { start: -1 }, { end: 1.5 }, { flags: 'q' }]) for (const name of ['createReadStream', 'createWriteStream']) if (name === 'createReadStream' || !('end' in options)) await note(`${name} ${JSON.stringify(options)}`, () => { const stream = fs[name](w('file.txt'), options); return drained(stream) })
  for (const options of [undefined, { flags: 'a' }, { flags: 'r+', start: 3 }, { flags: 'wx' }, { encoding: 'latin1' }, { mode: 0o600 }]) {
    for (const file of ['file.txt', 'new', 'missing/x', 'folder']) {
      await note(`createWriteStream ${file} ${JSON.stringify(options)}`, async () => {
        await fresh()
        const stream = fs.createWriteStream(w(file), options)
        const done = drained(stream)
        stream.write('one ')
        stream.write(Buffer.from('two '))
        stream.end('dréi')
        const got = await done
        return [got, fs.existsSync(w(file)) && fs.statSync(w(file)).isFile() ? [fs.readFileSync(w(file), 'latin1'), fs.statSync(w(file)).mode] : null]
      })
    }
  }
  await note('back-pressure', async () => { const stream = fs.createWriteStream(w('big')); const first = stream.write(long); await new Promise((resolve) => stream.once('drain', resolve)); const second = stream.write('x'); await new Promise((resolve) => stream.end(resolve)); return [first, second, fs.statSync(w('big')).size] })
  await note('pipe', async () => { await new Promise((resolve, reject) => fs.createReadStream(w('big')).pipe(fs.createWriteStream(w('copy'))).on('close', resolve).on('error', reject)); return fs.readFileSync(w('copy')).equals(fs.readFileSync(w('big'))) })
  await note('stream iteration', async () => { let bytes = 0; for await (const part of fs.createReadStream(w('big'))) bytes += part.length; return bytes })
  await note('stream of a number', async () => { const fd = fs.openSync(w('file.txt')); const got = await drained(fs.createReadStream('', { fd })); return [got, (() => { try { fs.fstatSync(fd) } catch (error) { return error.code } })()] })

  // ---- made up
  let state = seed >>> 0
  const random = (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
  const pick = (list) => list[random(list.length)]
  await fresh()
  const NAMES = ['a', 'b', 'c', 'd', 'ä', 'a/x', 'a/y', 'b/x', 'a/x/z', 'link']
  const bytes = () => Buffer.from(Array.from({ length: random(20) }, () => random(256)))
  const deeds = [
    ['writeFile', () => [pick(NAMES), bytes(), { flag: pick(['w', 'a', 'wx', 'r+']) }]], ['appendFile', () => [pick(NAMES), bytes()]], ['mkdir', () => [pick(NAMES), { recursive: random(2) === 1 }]], ['rm', () => [pick(NAMES), { recursive: random(2) === 1, force: random(2) === 1 }]],
    ['rmdir', () => [pick(NAMES)]], ['unlink', () => [pick(NAMES)]], ['rename', () => [pick(NAMES), pick(NAMES)]], ['copyFile', () => [pick(NAMES), pick(NAMES)]], ['link', () => [pick(NAMES), pick(NAMES)]], ['truncate', () => [pick(NAMES), random(30)]],
    ['chmod', () => [pick(NAMES), 0o700 + random(64)]], ['readFile', () => [pick(NAMES), pick(['utf8', 'latin1', 'hex', null])]], ['readdir', () => [pick(NAMES)]], ['stat', () => [pick(NAMES)]], ['realpath', () => [pick(NAMES)]], ['readlink', () => [pick(NAMES)]], ['cp', () => [pick(NAMES), pick(NAMES), { recursive: random(2) === 1, force: random(2) === 1 }]]
  ]
  const TWO = ['rename', 'copyFile', 'link', 'cp']
  fs.mkdirSync(at('made'), { recursive: true })
  for (let i = 0; i < 500; i++) {
    const [name, made] = pick(deeds)
    const args = made()
    args[0] = at('made', args[0])
    if (TWO.includes(name)) args[1] = at('made', args[1])
    // libuv removes what is in the way of a copy that fails: a loss that is not copied, and that later cases would show.
    if (name === 'copyFile' && fs.existsSync(args[0]) && fs.statSync(args[0]).isDirectory()) continue
    const sync = random(2) === 1
    await note(`${seed}/${i} ${sync ? 'sync' : 'promise'} ${name} ${clean(JSON.stringify(args.map((arg) => (ArrayBuffer.isView(arg) ? [...arg] : arg))))}`, () => (sync ? fs[name + 'Sync'](...args) : fs.promises[name](...args)))
    if (i % 25 === 24) await note(`${seed}/${i} tree`, () => tree(at('made')))
  }
  return results
}
