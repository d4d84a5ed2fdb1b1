import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openPage } from './host.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const DOC = join(here, '../../../../../docs/conformance.md');
/** What the reference has and we have not, and why: the module, and which of its exports. */
const DEVIATIONS = [
  [/^ai/, /./, 'out: importing it fails and says so'],
  [/^application(\/client)?$/, /^(backend|client|createWindow|default|menu|set(System|Tray)\w+|Client)$/, 'comes with more windows than one, and with menus'],
  [/^async\/context$/, /^(FrozenRevert|Mapping|Revert|Storage)$/, 'insides of the reference: Variable and Snapshot are the interface'],
  [/^commonjs(\/(cache|loader|package))?$/, /./, 'insides of the loader: Module and createRequire are the interface'],
  [/^commonjs\/(module|require)$/, /^(CommonJSModuleScope|ImportMap|\w+Loader|ModuleScope|State|Meta)$/, 'insides of the loader: Module and createRequire are the interface'],
  [/^fs/, /^bookmarks$/, 'grants of the sandbox of macOS: here a file dialog of fs/web grants what is picked'],
  [/^fs/, /^k[A-Z]\w+$/, 'a symbol of the reference\'s inside'],
  [/^diagnostics\/runtime$/, /Diagnostic$/, 'the host has no such handles: QueryDiagnostic tells memory and uptime'],
  [/^errors$/, /^kInternalErrorCode$/, 'a symbol of the reference\'s inside'],
  [/^http\/adapters$/, /./, 'inside of the server: http.Server hears the service worker itself'],
  [/^notification$/, /^NotificationOptions$/, 'a dictionary of the DOM, a type here'],
  [/^npm\/service-worker$/, /./, 'the host serves files, no service worker of the runtime\'s own'],
  [/^stream$/, /^(FIFO|FixedFIFO|Pipeline|TransformState)$/, 'insides of the library streamx; the streams are Node\'s'],
  [/^vm$/, /./, 'insides of the reference\'s contexts, which are asynchronous; ours are Node\'s, and answer at once'],
  [/^worker_threads$/, /^(Pipe|init)$/, 'insides of the reference: stdout and stderr of a Worker are streams'],
  [/^worker_threads\/init$/, /./, 'inside of worker_threads'],
];
const why = (module, name) => DEVIATIONS.find(([modules, names]) => modules.test(module) && names.test(name))?.[2];

test('what the reference exports is there, or says why not: docs/conformance.md', async () => {
  const page = openPage();
  const reference = JSON.parse(readFileSync(join(here, 'reference-exports.json'), 'utf8'));
  // An export is tested where a test names it.
  const tests = [here, join(here, 'differential')].flatMap(folder => readdirSync(folder).filter(name => /\.mjs$/.test(name) && !['conformance.test.mjs', 'mock.test.mjs', 'api-docs.test.mjs'].includes(name)).map(name => readFileSync(join(folder, name), 'utf8'))).join('\n');
  const names = JSON.parse(readFileSync(join(process.env.DUNLIN_JS, 'module-names.json'), 'utf8')).socket;
  const rows = [], absent = [], used = new Set();
  let present = 0, tested = 0, deviates = 0;
  for (const [module, exports] of Object.entries(reference)) {
    const found = names.includes(module) && !module.startsWith('ai') ? await page.load(module) : {};
    for (const name of exports) {
      const there = name in found, reason = there ? undefined : why(module, name);
      if (!there && reason === undefined) absent.push(`${module} ${name}`);
      if (reason !== undefined) used.add(reason);
      const shown = there && name.length > 2 && new RegExp(`\\b${name.replaceAll('$', '\\$')}\\b`).test(tests);
      there ? present++ : deviates++;
      if (shown) tested++;
      rows.push(`| \`${module}\` | \`${name}\` | ${there ? (shown ? 'present, named in a test' : 'present') : `deviates: ${reason}`} |`);
    }
  }
  assert.deepEqual(absent, []);
  for (const [, , reason] of DEVIATIONS) assert.ok(used.has(reason), `no export deviates any more: ${reason}`);
  const text = `# Conformance\n\nMade by \`bridge/src/main/js/test/conformance.test.mjs\` (\`DUNLIN_WRITE=1\` writes it anew). What the reference exports, of the modules that are\nJavaScript: ${present} of ${present + deviates} are there, ${tested} of them named in a unit test or in the differential suite; ${deviates} deviate; none is absent without a reason.\n"Named" is a search for the word in the tests: it says that a test has the name, not that it tries everything.\n\n| module | export | |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
  if (process.env.DUNLIN_WRITE) writeFileSync(DOC, text);
  assert.equal(readFileSync(DOC, 'utf8'), text, 'docs/conformance.md is old: run the test with DUNLIN_WRITE=1');
});
