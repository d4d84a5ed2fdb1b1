// Builds every socket: module. Called by bridge/pom.xml; what is up to date costs one hash of the sources.
//   node build.mjs [CLASSES]        installs packages if the lock changed, bundles, writes declarations
//   node build.mjs test [CLASSES]   runs test/*.test.mjs on what was built
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const args = process.argv.slice(2);
const testing = args[0] === 'test';
if (testing) args.shift();
const classes = resolve(args[0] ?? join(here, '../../../target/classes'));
const out = join(classes, 'dev', 'dunlin', 'js');
const stampFile = join(classes, '..', 'js-build.stamp');

/** The file of a module's declarations: index.d.ts names those of all modules. */
const declared = name => (name === 'index' ? 'socket-index' : name);
function run(command, parameters, options = {}) {
  // npm is a .cmd file on Windows, which only a shell can start.
  const shell = process.platform === 'win32' && command === 'npm';
  const done = spawnSync(command, parameters, { cwd: here, stdio: 'inherit', shell, ...options });
  if (done.error) {
    console.error(`Could not start ${command}: ${done.error.message}. Node 20 or later with npm must be on the PATH; ./dunlin doctor says how.`);
    process.exit(1);
  }
  if (done.status !== 0) process.exit(done.status ?? 1);
}
function files(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => (entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)]));
}
function hash(list) {
  const digest = createHash('sha256').update(process.platform + process.arch);
  for (const file of list) digest.update(relative(here, file)).update('\0').update(readFileSync(file)).update('\0');
  return digest.digest('hex');
}
const read = file => (existsSync(file) ? readFileSync(file, 'utf8') : '');

function install() {
  const stamp = join(here, 'node_modules', '.dunlin-lock');
  const wanted = hash([join(here, 'package-lock.json')]);
  if (read(stamp) === wanted) return;
  run('npm', ['ci', '--no-audit', '--no-update-notifier', '--no-fund', '--ignore-scripts', '--prefer-offline', '--loglevel=error']);
  writeFileSync(stamp, wanted);
}

/** Names of the modules: `fs/promises` for src/fs/promises.ts. */
const sources = files(join(here, 'src'));
const modules = sources
  .map(file => relative(join(here, 'src'), file).split(sep).join('/'))
  .filter(name => name.endsWith('.ts') && !name.endsWith('.d.ts') && !name.startsWith('shims/') && !name.startsWith('parts/') && !name.startsWith('mock/'))
  .map(name => name.slice(0, -3));

async function build() {
  const wanted = hash([...sources, ...files(join(here, 'mock')), ...files(join(here, 'vite')), ...['build.mjs', 'tsconfig.json', 'package-lock.json', 'node-names.json'].map(name => join(here, name))]);
  if (read(stampFile) === wanted && existsSync(join(out, 'types', 'index.d.ts')) && existsSync(join(classes, '..', 'api', 'mock.js')) && modules.every(name => existsSync(join(out, name + '.js')))) return;
  install();
  rmSync(stampFile, { force: true });
  rmSync(out, { recursive: true, force: true });
  await bundle();
  declare();
  // The host reads the names here: to list a folder inside a jar takes it longer.
  const node = JSON.parse(read(join(here, 'node-names.json'))).filter(name => modules.includes(name));
  writeFileSync(join(out, 'module-names.json'), JSON.stringify({ socket: [...modules, CORE_FILE], node }));
  await publish(wanted);
  writeFileSync(stampFile, wanted);
  console.log(`Built ${modules.length} JavaScript modules`);
}

/**
 * Modules that nearly every page loads, with what `internal/init` needs, are one file: requests cost a start more than bytes. The file of
 * each hands on its part of that one, so that there is one of each class.
 */
const CORE = ['errors', 'internal/args', 'events', 'path', 'string_decoder', 'stream/web', 'ipc', 'buffer', 'process'];
const CORE_FILE = 'internal/core';

/** Names that packages import, and what stands there. */
const FOR_PACKAGES = {
  buffer: `export * from 'socket:buffer'`,
  events: `export * from 'socket:events'`,
  string_decoder: `export * from 'socket:string_decoder'`,
  process: `export const nextTick = (callback, ...args) => queueMicrotask(() => callback(...args)); export const env = {};`,
  punycode: `export * from 'socket:punycode'`,
  qs: `import { parse, stringify as make } from 'socket:querystring'; export { parse }; export const stringify = query => make(query);`,
  util: `export { inspect, format } from 'socket:internal/inspect'; export * as types from 'socket:util/types';
    export const inherits = (child, parent) => Object.setPrototypeOf(child.prototype, parent.prototype);`,
  'abort-controller': `export const { AbortController, AbortSignal } = globalThis`,
};

async function bundle() {
  const esbuild = await import('esbuild');
  const shim = join(here, 'src', 'shims', 'process.ts');
  // libsodium looks for its random numbers in window, or in a worker in self.
  const wasm = name => name === 'crypto/sodium';
  const make = (some, window, options) => esbuild.build({
    absWorkingDir: here,
    entryPoints: some.map(name => ({ in: name === CORE_FILE ? name : join(here, 'src', name + '.ts'), out: name })),
    outdir: out,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    charset: 'utf8',
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'inline',
    logLevel: 'warning',
    // path-unified looks for a global process and asks the browser for its platform; ours come from the host.
    inject: window === 'undefined' ? [shim] : [],
    define: { window, global: 'globalThis', ...(window === 'undefined' ? {} : { process: 'undefined', 'globalThis.process': 'undefined' }) },
    plugins: [{
      name: 'socket',
      setup(build) {
        build.onResolve({ filter: new RegExp(`^${CORE_FILE}$`) }, found => ({ path: found.path, namespace: 'core' }));
        build.onLoad({ filter: /.*/, namespace: 'core' }, found => ({ contents: options.core(found.path), resolveDir: join(here, 'src') }));
        build.onResolve({ filter: new RegExp(`^socket:(${CORE.join('|')})$`) }, found => options.resolve?.(found.path.slice(7)));
        // No module is imported for what it does, only for what it exports: an unused import goes.
        build.onResolve({ filter: /^socket:/ }, found => ({ path: found.path, external: true, sideEffects: false }));
        // What a package takes from Node is our own module, so that a stream of one package is a stream to every other.
        const npm = `${sep}node_modules${sep}`;
        build.onResolve({ filter: new RegExp(`^(${Object.keys(FOR_PACKAGES).join('|')})/?$`) }, found =>
          (found.importer.includes(npm) ? { path: found.path.replace(/\/$/, ''), namespace: 'ours' } : undefined));
        build.onLoad({ filter: /.*/, namespace: 'ours' }, found => ({ contents: FOR_PACKAGES[found.path], resolveDir: here, loader: 'js' }));
        build.onResolve({ filter: /^\.\/(isWindows|validators)\.js$/ }, found => ({ path: found.path.includes('isW') ? shim : join(dirname(shim), 'validators.ts') }));
      },
    }],
    ...options.more,
  });
  const inputs = new Set();
  const keep = async made => Object.keys((await made).metafile.inputs).forEach(input => inputs.add(input));
  const { metafile } = await make(CORE, 'undefined', { more: { metafile: true, write: false } });
  const exported = Object.fromEntries(Object.values(metafile.outputs).map(output => [output.entryPoint.slice('src/'.length, -'.ts'.length), output.exports]));
  const part = (name, from, as) => `export {${exported[name].map(one => as(one, `${name.replace(/\W/g, '_')}_${one}`)).join(',')}} from '${from}';\n`;
  const handedOn = name => part(name, `socket:${CORE_FILE}`, (one, inside) => `${inside} as ${one}`);
  await keep(make([CORE_FILE], 'undefined', {
    more: { metafile: true },
    core: () => CORE.map(name => part(name, `./${name}.ts`, (one, inside) => `${one} as ${inside}`)).join(''),
    resolve: name => ({ path: join(here, 'src', name + '.ts') }),
  }));
  for (const [some, window] of [[modules.filter(name => !wasm(name) && !CORE.includes(name)), 'undefined'], [modules.filter(wasm), 'globalThis']]) {
    await keep(make(some, window, { more: { metafile: true }, core: handedOn, resolve: name => ({ path: name, namespace: 'core', sideEffects: false }) }));
  }
  // For the bill of materials: what of npm is in the jar, in one order on every machine.
  const packages = new Set([...inputs].map(input => /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[0]).filter(Boolean));
  const about = [...packages].sort().map(folder => JSON.parse(read(join(here, folder, 'package.json'))));
  writeFileSync(join(out, 'npm-packages.json'), JSON.stringify(about.map(({ name, version, license }) => ({ name, version, license })), null, 1) + '\n');
  for (const name of CORE) {
    mkdirSync(dirname(join(out, name)), { recursive: true });
    writeFileSync(join(out, name + '.js'), handedOn(name));
  }
}

function declare() {
  const raw = join(classes, '..', 'js-types');
  rmSync(raw, { recursive: true, force: true });
  run(process.execPath, [join(here, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', here, '--emitDeclarationOnly', '--outDir', raw]);
  const types = join(out, 'types');
  const names = [...modules, 'internal/host'];
  for (const name of names) {
    const text = read(name === 'internal/host' ? join(here, 'src', 'internal', 'host.d.ts') : join(raw, name + '.d.ts'));
    const body = text
      .replace(/^export declare /gm, 'export ').replace(/^declare /gm, '').replace(/^export default class /gm, 'export default class ')
      // Only fs names a module by file, because it bundles the constants; the compiler does so for types that it infers.
      .replaceAll("'./fs/constants.js'", "'socket:fs/constants'")
      .replace(/import\("(\.[^"]+?)(?:\.js)?"\)/g, (_all, path) => `import("socket:${posix.join(posix.dirname(name), path)}")`);
    const file = join(types, declared(name) + '.d.ts');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `declare module 'socket:${name}' {\n${body.trimEnd().replace(/^(?=.)/gm, '  ')}\n}\n`);
  }
  writeFileSync(join(types, 'index.d.ts'), '/// <reference lib="esnext.disposable" />\n' + names.map(name => `/// <reference path="./${declared(name)}.d.ts" />\n`).join(''));
}

function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, readFileSync(from));
}

/**
 * The package that an app's devDependencies name. As a folder (`npm install <target>/api`): declarations, the plugin for Vite, the mock runtime
 * and the modules that run on it. In the jar, from where `dunlin run` and `dunlin build` put it into an app, the first two; `files.txt` lists
 * them, below a line that tells one build from another.
 */
async function publish(stamp) {
  const api = join(classes, '..', 'api'), types = join(out, 'types');
  // node: names are the same modules.
  const node = JSON.parse(read(join(out, 'module-names.json'))).node;
  writeFileSync(join(types, 'node.d.ts'), node.map(name => `declare module 'node:${name}' {\n  export * from 'socket:${name}';\n  export { default } from 'socket:${name}';\n}\n`).join(''));
  writeFileSync(join(types, 'index.d.ts'), read(join(types, 'index.d.ts')) + '/// <reference path="./node.d.ts" />\n');
  for (const name of ['vite.js', 'vite.d.ts']) writeFileSync(join(types, name), read(join(here, 'vite', name)));
  const about = { name: '@dunlin/api', version: JSON.parse(read(join(here, 'package.json'))).version, description: 'Types of the socket: and node: modules of Dunlin, its plugin for Vite, and a mock runtime for tests', license: 'Apache-2.0', type: 'module', types: 'index.d.ts' };
  const entry = (types, file) => ({ types, default: file });
  const exported = { '.': { types: './index.d.ts' }, './vite': entry('./vite.d.ts', './vite.js'), './package.json': './package.json' };
  writeFileSync(join(types, 'package.json'), JSON.stringify({ ...about, exports: exported }, null, 2) + '\n');
  const all = files(types).map(file => relative(types, file).split(sep).join('/'));
  rmSync(api, { recursive: true, force: true });
  for (const file of all) {
    mkdirSync(dirname(join(api, file)), { recursive: true });
    writeFileSync(join(api, file), read(join(types, file)));
  }
  writeFileSync(join(types, 'files.txt'), stamp + '\n' + all.join('\n') + '\n');
  const { build } = await import('esbuild');
  await build({ absWorkingDir: here, entryPoints: ['src/mock/index.ts'], outfile: join(api, 'mock.js'), bundle: true, format: 'esm', platform: 'neutral', target: 'es2022', charset: 'utf8', logLevel: 'warning' });
  for (const name of ['index', 'files', 'policy']) copy(join(classes, '..', 'js-types', 'mock', name + '.d.ts'), join(api, 'mock', name + '.d.ts'));
  writeFileSync(join(api, 'mock.d.ts'), `export * from './mock/index.js';\nexport { default } from './mock/index.js';\n`);
  for (const name of ['register.mjs', 'register.d.ts']) copy(join(here, 'mock', name), join(api, name));
  for (const name of [...modules, CORE_FILE]) copy(join(out, name + '.js'), join(api, 'modules', name + '.js'));
  copy(join(out, 'module-names.json'), join(api, 'modules', 'module-names.json'));
  writeFileSync(join(api, 'package.json'), JSON.stringify({
    ...about, engines: { node: '>=20.6' }, files: ['**/*.d.ts', '**/*.js', '*.mjs', 'modules/module-names.json'],
    exports: { ...exported, './mock': entry('./mock.d.ts', './mock.js'), './register': entry('./register.d.ts', './register.mjs'), './*': './*' },
  }, null, 2) + '\n');
}

if (testing) {
  const tests = readdirSync(join(here, 'test')).filter(name => name.endsWith('.test.mjs')).sort().map(name => join('test', name));
  run(process.execPath, ['--import', './test/register.mjs', '--test', '--test-reporter=spec', ...tests], { env: { ...process.env, DUNLIN_JS: out } });
} else {
  await build();
}
