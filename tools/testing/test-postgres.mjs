import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const debian = '/usr/lib/postgresql';
/** Nothing of a test has to survive a crash of the machine. */
const options = {
  ...{ listen_addresses: '127.0.0.1', max_connections: 80, shared_buffers: '64MB' },
  ...{ fsync: 'off', full_page_writes: 'off', autovacuum: 'off', jit: 'off' },
};

/**
 * Starts a Postgres server for the specs of a test run, and does not wait for it. Gives undefined where none is installed: then specs use Postgres in
 * their own process, which takes them some seconds each.
 */
export async function startTestPostgres() {
  const bin = binFolder();
  const user = bin === undefined ? undefined : serverUser();
  if (user === undefined) return undefined;
  // Not in the folder of the run: the user of the server may not enter it.
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'heddle-postgres-'));
  try {
    if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
    const data = join(folder, 'data');
    const port = await freePort();
    const settings = Object.entries({ ...options, port, unix_socket_directories: folder }).flatMap(([name, value]) => [
      '-c',
      `${name}=${value}`,
    ]);
    execFileSync(
      join(bin, 'initdb'),
      ['-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--locale=C', '--no-sync', '--no-instructions'],
      { ...user, stdio: 'ignore', cwd: folder },
    );
    const child = spawn(join(bin, 'postgres'), ['-D', data, ...settings], { ...user, stdio: 'ignore', cwd: folder });
    const gone = new Promise((resolve) => child.once('exit', resolve));
    return {
      url: `postgres://postgres@127.0.0.1:${port}/postgres`,
      async close() {
        child.kill('SIGQUIT');
        await gone;
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch {
    rmSync(folder, { recursive: true, force: true });
    return undefined;
  }
}

/** The programs of the newest version. */
function binFolder() {
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((one, other) => Number(other) - Number(one)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

/** Postgres does not run as root: then it is the user of the package. Undefined where there is none. */
function serverUser() {
  if (process.getuid?.() !== 0) return {};
  try {
    const of = (flag) =>
      Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: of('-u'), gid: of('-g') };
  } catch {
    return undefined;
  }
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
