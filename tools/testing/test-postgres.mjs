import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const debian = '/usr/lib/postgresql';
/** Test data need not survive a crash of the machine. */
const options = {
  listen_addresses: '127.0.0.1',
  max_connections: 80,
  shared_buffers: '64MB',
  fsync: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  jit: 'off',
};

/**
 * Starts a Postgres server for the specs of a test run, without waiting for it. Undefined if none is installed: specs then use Postgres in
 * their own process, which takes some seconds each. With `keeps`, acknowledged data is durable, as on a production server. `programs` is
 * the folder of another Postgres than that of the system. With `disk`, the data, but not the write-ahead log, is on a small disk of this
 * many megabytes in memory; undefined if this user may not mount one.
 */
export async function startTestPostgres({ keeps = false, connections = options.max_connections, programs, disk } = {}) {
  const bin = programs ?? binFolder();
  const user = bin === undefined ? undefined : serverUser();
  if (user === undefined) return undefined;
  // Not in the folder of the test run, which the user of the server may not enter.
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'heddle-postgres-'));
  try {
    const data = join(folder, 'data');
    if (disk !== undefined) mountDisk(data, disk);
    for (const path of disk === undefined ? [folder] : [folder, data])
      if (user.uid !== undefined) chownSync(path, user.uid, user.gid);
    const log = disk === undefined ? [] : ['--waldir', join(folder, 'wal')];
    const port = await freePort();
    const all = {
      ...options,
      max_connections: connections,
      ...(keeps ? { fsync: 'on' } : {}),
      port,
      unix_socket_directories: folder,
    };
    const settings = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    execFileSync(
      join(bin, 'initdb'),
      [
        ...['-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--locale=C', '--no-sync', '--no-instructions'],
        ...log,
      ],
      { ...user, stdio: 'ignore', cwd: folder },
    );
    let child;
    let gone;
    const start = () => {
      child = spawn(join(bin, 'postgres'), ['-D', data, ...settings], { ...user, stdio: 'ignore', cwd: folder });
      gone = new Promise((resolve) => child.once('exit', resolve));
    };
    /** Stops the server without waiting for its clients: at once, like a crash, or in order. */
    const stop = async (how = 'crash') => {
      child.kill(how === 'crash' ? 'SIGQUIT' : 'SIGINT');
      await gone;
    };
    start();
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
    return {
      url,
      data,
      start,
      stop,
      /** Runs a statement as soon as the server answers; returns its output. */
      async query(sql, database = 'postgres') {
        for (let tries = 0; ; tries += 1)
          try {
            return execFileSync(
              join(bin, 'psql'),
              ['-X', '-A', '-t', '-q', '-d', new URL(`/${database}`, url).href, '-c', sql],
              { encoding: 'utf8', cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
            ).trim();
          } catch (error) {
            if (tries > 120 || !/starting up|Connection refused|could not connect/.test(String(error.stderr)))
              throw error;
            await new Promise((resolve) => setTimeout(resolve, 250));
          }
      },
      async close() {
        await stop();
        if (disk !== undefined) unmountDisk(data);
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch {
    if (disk !== undefined) unmountDisk(join(folder, 'data'));
    rmSync(folder, { recursive: true, force: true });
    return undefined;
  }
}

function mountDisk(folder, megabytes) {
  mkdirSync(folder, { mode: 0o700 });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=700`, 'heddle-postgres', folder], {
    stdio: 'ignore',
  });
}

function unmountDisk(folder) {
  try {
    execFileSync('umount', ['-l', folder], { stdio: 'ignore' });
  } catch {
    // the disk was not mounted
  }
}

/** Finds the programs of the newest version. */
function binFolder() {
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((one, other) => Number(other) - Number(one)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

/** Postgres refuses to run as root; then it runs as the user that its package created. Undefined if there is none. */
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
