/** What an error says, without its words: the class, the code, and what was compared. */
const words = outcome => outcome.replace(/^(throws \w+\(\w*\)): [^]*?( operator=|$)/, '$1$2');
/** Nor the code, where the npm package has none. */
const codes = outcome => words(outcome).replace(/^(throws \w+)\(\w*\)/, '$1');

/** Scripts that come to something else here than in Node: which, why, and what of the two must still be the same. */
export const DEVIATIONS = [
  [/^path \d+: win32\.(join|normalize)\(.*C:/, 'path-unified has not the prefix .\\ with which Node (since its fix of CVE-2024-36139) keeps "a/../C:" from becoming absolute', outcome => outcome.replace('.\\\\ ', ' ').replace(/^value "\.\\\\/, 'value "')],
  [/^util \d+: inspect .*(thing 40|Promise)/, 'a page can not ask a promise for its state: inspect says <pending>'],
  [/^util \d+: inspect .*(thing 4[23]|Map Iterator|\[Map)/, 'a page can not look into an iterator without moving it'],
  [/^util \d+: (inspect .*|types of )thing 50/, 'a page can not tell a proxy from its target'],
  [/^util \d+: styleText/, 'Node 20.20 leaves the colours out where its standard output is no terminal; ours is none ever, and styleText gives what it is asked for'],
  [/^buffer \d+: (compare with text|from an ArrayBuffer beyond its end|fill of bad hex|write beyond|copy to a negative start|swap of an odd length)/, 'the npm package buffer has the same class of error, without the code', codes],
  [/^buffer \d+: fill beyond/, 'the npm package refuses a place beyond the end'],
  [/^buffer \d+: (alloc of a negative size|from)/, 'the greatest buffer is 2 GiB', words],
  [/^string_decoder \d+: new\(\{\}\)/, 'an object as encoding is named by its text', words],
  [/^buffer \d+: from\("[^"]*😀[^"]*", base64/, 'Node gives up at a character that is no byte; the npm package passes over it'],
  [/^stream \d+: (write a number|pipeline of one|pipeline without callback|.*wrong argument)/, 'readable-stream has the same class and code in older words', words],
  [/^assert \d+: /, 'assert has the messages of Node 16: the class, the code, the operator and the values are the same', words],
];
/** Where Chromium differs: compared in a page only. */
export const ENGINE = [
  [/^url \d+: new URL\(.*[|^]/, "the engine's URL escapes | and ^ in a path, as the URL standard has it now"],
];
