// npm run dev: opens the app with hot replacement, by the command dunlin if it is on the PATH, else by Maven.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const windows = process.platform === 'win32'
const suffixes = windows ? ['.cmd', '.exe', '.bat'] : ['']
const isThere = name => (process.env.PATH ?? '').split(delimiter).some(folder => suffixes.some(suffix => existsSync(join(folder, name + suffix))))
const words = process.argv.slice(2)
const [command, ...parameters] = isThere('dunlin') ? ['dunlin', 'run', '.', ...words] : ['mvn', '-q', 'exec:java', `-Dexec.args=${['run', ...words].join(' ')}`]

if (!isThere(command)) {
  console.error('There is neither dunlin nor mvn on the PATH. Install the SDK of Dunlin, or Maven: see README.md.')
  process.exit(1)
}
const app = spawn(command, parameters, { stdio: 'inherit', shell: windows })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => app.kill(signal))
app.on('exit', code => process.exit(code ?? 1))
