import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openPage } from './host.mjs';
import { cases, MODULES, outcome } from './differential/corpus.mjs';
import { DEVIATIONS } from './differential/deviations.mjs';

const CORPUS_SEED = 20;
// Each new seed still finds a new oddity of Node's: exploring is asked for (DUNLIN_SEED=$RANDOM), the gate stays where it is.
const seed = Number(process.env.DUNLIN_SEED ?? 1);

/** Outcomes in Node and in ours that differ, by case. */
async function differences(corpusSeed) {
  const page = openPage();
  const node = {}, ours = {};
  for (const name of MODULES) {
    node[name] = (await import(`node:${name}`)).default;
    ours[name] = await page.load(name);
    ours[name] = Object.assign(Object.create(null), ours[name], typeof ours[name].default === 'object' ? ours[name].default : {});
    if (name === 'assert' || name === 'stream') ours[name] = (await page.load(name)).default;
  }
  // Each makes its own values: a case may change them.
  const theirs = cases(corpusSeed), mine = cases(corpusSeed), found = [];
  for (let i = 0; i < theirs.length; i++) {
    const wanted = await outcome(theirs[i].run, node), got = await outcome(mine[i].run, ours);
    if (wanted !== got) found.push({ name: theirs[i].name, wanted, got });
  }
  return { found, count: theirs.length };
}
const why = ({ name, wanted, got }) => DEVIATIONS.find(([pattern, _reason, relax]) => pattern.test(name) && (relax === undefined || relax(wanted) === relax(got)));

test(`at least 1,000 scripts come to the same in Node ${process.version} and here, seed ${seed}`, { timeout: 240_000 }, async () => {
  for (const one of [CORPUS_SEED, seed]) {
    const { found, count } = await differences(one);
    if (process.env.DUNLIN_DIFF) writeFileSync(process.env.DUNLIN_DIFF, found.map(one => `${why(one) ? '~ ' : ''}${one.name}\n  node ${one.wanted}\n  ours ${one.got}\n`).join(''));
    console.log(`# seed ${one}: ${count} scripts, ${found.length} deviate as listed`);
    assert.ok(count >= 1000, `${count} scripts`);
    assert.deepEqual(found.filter(one => why(one) === undefined), [], `seed ${one}`);
    if (one === CORPUS_SEED) for (const [pattern, reason] of DEVIATIONS) assert.ok(found.some(({ name }) => pattern.test(name)), `no script deviates any more: ${pattern} (${reason})`);
  }
});
