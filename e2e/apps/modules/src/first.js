// A classic script: what is there before any module has run.
globalThis.seen = ['first ' + typeof __args + ' ' + typeof isSocketRuntime + ' ' + typeof process];
addEventListener('__runtime_init__', () => seen.push('init ' + typeof process));
