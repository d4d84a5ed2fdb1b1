// docs/api is made of the declarations: DUNLIN_WRITE=1 writes it anew.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const types = join(process.env.DUNLIN_JS, 'types');
const docs = join(dirname(fileURLToPath(import.meta.url)), '../../../../../docs/api');
const { socket, node } = JSON.parse(readFileSync(join(process.env.DUNLIN_JS, 'module-names.json'), 'utf8'));
const modules = socket.filter(name => !name.startsWith('internal/')).sort();

/** What is between the braces of `declare module`, without what only the compiler needs. */
function declarations(name) {
  const lines = readFileSync(join(types, (name === 'index' ? 'socket-index' : name) + '.d.ts'), 'utf8').split('\n').slice(1, -2).map(line => line.replace(/^ {2}/, ''));
  const kept = [];
  for (let i = 0; i < lines.length; i++) {
    if (/^(import|export \{\};|\s*#private;)/.test(lines[i])) continue;
    // The default export says again what stands above.
    if (lines[i] === 'const _default: {') while (lines[i + 1] !== undefined && !/^export default _default/.test(lines[i])) i++;
    if (lines[i] !== '' && !/^export default _default/.test(lines[i])) kept.push(lines[i]);
  }
  return kept.join('\n');
}
function names(name) {
  const found = new Set([...declarations(name).matchAll(/^export (?:abstract )?(?:const|let|function|class|type|interface|namespace) ([\w$]+)/gm)].map(match => match[1]));
  for (const [, list] of declarations(name).matchAll(/^export (?:type )?\{([^}]*)\}/gm)) for (const one of list.split(',')) found.add(one.trim().split(' as ').at(-1));
  for (const [, from] of declarations(name).matchAll(/^export \* from '([^']+)'/gm)) found.add(`all of ${from}`);
  return [...found].filter(one => one !== '' && one !== 'default' && !one.startsWith('_')).sort();
}
const root = name => name.split('/')[0];
const own = modules.filter(name => !node.includes(name) && !node.includes(root(name)));
const pages = new Map();
for (const name of own) pages.set(root(name), [...(pages.get(root(name)) ?? []), name]);
// Parts of modules of Node that Node does not have.
const parts = modules.filter(name => !own.includes(name) && !node.includes(name));
for (const name of parts.filter(name => ['fs/web'].includes(name))) pages.set(name.replace('/', '-'), [name]);

const NOTE = 'Made from the declarations by `api-docs.test.mjs` (`DUNLIN_WRITE=1` writes it anew).';
function make() {
  const files = new Map();
  for (const [page, list] of pages) {
    const text = list.map(name => `## socket:${name}\n\n\`\`\`ts\n${declarations(name) || '// Only a default export.'}\n\`\`\`\n`).join('\n');
    files.set(`${page}.md`, `# ${list.map(name => 'socket:' + name)[0]}\n\n${NOTE}\n\n${text}`);
  }
  const linked = [...pages].map(([page, list]) => `| [\`socket:${list[0]}\`](${page}.md) | ${[...new Set(list.flatMap(names))].map(name => `\`${name}\``).join(' ') || 'a default export'} |`);
  const nodes = modules.filter(name => node.includes(name)).map(name => `| \`socket:${name}\` | ${names(name).map(one => `\`${one}\``).join(' ') || 'a default export'} |`);
  files.set('README.md', `# Reference\n\n${NOTE} The commands of the host are in [commands](../commands.md); what differs from Node in [modules](../modules.md).\n\n## Dunlin's own modules\n\n| module | exports |\n| --- | --- |\n${linked.join('\n')}\n\n## Modules of Node\n\nAlso as \`node:\`; what they do is what Node 20's do.\n\n| module | exports |\n| --- | --- |\n${nodes.join('\n')}\n`);
  return files;
}

test('docs/api is what the declarations say', () => {
  const made = make();
  assert.ok(made.size > 10 && made.get('README.md').includes('`readFileSync`'));
  if (process.env.DUNLIN_WRITE === '1') {
    rmSync(docs, { recursive: true, force: true });
    mkdirSync(docs, { recursive: true });
    for (const [name, text] of made) writeFileSync(join(docs, name), text);
  }
  assert.deepEqual(readdirSync(docs).sort(), [...made.keys()].sort(), 'docs/api is old: run the test with DUNLIN_WRITE=1');
  const old = [...made].filter(([name, text]) => readFileSync(join(docs, name), 'utf8') !== text).map(([name]) => name);
  assert.deepEqual(old, [], 'docs/api is old: run the test with DUNLIN_WRITE=1');
});
