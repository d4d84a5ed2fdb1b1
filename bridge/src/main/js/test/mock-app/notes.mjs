// An app's module as an author writes it.
import { readFileSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'socket:fs/promises';
import os from 'socket:os';
import { DATA, join } from 'socket:path';
import { hello } from './hello.mjs';

export const save = async (name, text) => { await mkdir(DATA, { recursive: true }); await writeFile(join(DATA, name), text); };
export const load = name => readFile(join(DATA, name), 'utf8');
export const bytes = name => readFile(join(DATA, name));
export const loadSync = name => readFileSync(join(DATA, name), 'utf8');
export const list = () => readdir(DATA);
export const secret = () => readFile('/etc/passwd', 'utf8');
export const cpus = () => os.cpus().length;
export { hello };
