seen.push('main ' + typeof process + ' ' + typeof Buffer + ' ' + typeof setImmediate + ' ' + typeof require);
document.documentElement.dataset.ready = 'true';

// ---- the scripts that come to the same in Node and here
const MODULES = ['path', 'url', 'querystring', 'util', 'buffer', 'string_decoder', 'events', 'stream', 'assert'];
/** Scripts of a seed whose outcome is another than Node's, but for those that may differ. */
globalThis.corpus = async (seed) => {
  const { cases, outcome } = await import('/corpus.mjs'), { DEVIATIONS, ENGINE } = await import('/deviations.mjs');
  const wanted = await (await fetch(`/node-${seed}.json`)).json(), ours = {}, differ = [];
  for (const name of MODULES) {
    const module = await import(`socket:${name}`);
    ours[name] = name === 'assert' || name === 'stream' ? module.default : Object.assign(Object.create(null), module, typeof module.default === 'object' ? module.default : {});
  }
  const all = cases(seed);
  let excused = 0;
  for (let i = 0; i < all.length; i++) {
    const [name, node] = wanted[i];
    // The number: a name shows values, and newer engines show some of them otherwise.
    if (name.split(':')[0] !== all[i].name.split(':')[0]) throw new Error(`${name} is here ${all[i].name}`);
    const got = await outcome(all[i].run, ours);
    if (got === node) continue;
    if ([...DEVIATIONS, ...ENGINE].some(([pattern, _why, relax]) => pattern.test(name) && (relax === undefined || relax(node) === relax(got)))) excused++;
    else differ.push(`${name}\n  Node: ${node}\n  here: ${got}`);
  }
  return { count: all.length, excused, differ };
};
