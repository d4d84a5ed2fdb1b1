// What each script of the corpus comes to in Node: node corpus-node.mjs CORPUS SEED OUT
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
const [corpus, seed, out] = process.argv.slice(2);
const { cases, MODULES, outcome } = await import(pathToFileURL(corpus));
const node = {}, all = [];
for (const name of MODULES) node[name] = (await import(`node:${name}`)).default;
for (const { name, run } of cases(Number(seed))) all.push([name, await outcome(run, node)]);
writeFileSync(out, JSON.stringify(all));
