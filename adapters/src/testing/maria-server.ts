import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Connection } from 'mysql2/promise';
import { freePort } from './free-port.js';
import { temporaryFolder } from './temporary-folder.js';

/** A MariaDB server for tests, with the database `test` and the user `reader`, who may read it and has the password `read me`. */
export interface TestMaria {
  readonly port: number;
  readonly password: string;
  /** Runs a statement as the administrator and returns its rows. */
  query(sql: string): Promise<unknown>;
  close(): Promise<void>;
}

/** Why no MariaDB is available; undefined if there is one. */
export function mariaMissing(): string | undefined {
  try {
    execFileSync('mariadbd', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'mariadbd is not installed: apt-get install mariadb-server-core';
  }
}

/** Starts MariaDB with its own files. */
export async function startMaria(): Promise<TestMaria> {
  const temporary = temporaryFolder();
  const data = join(temporary.folder, 'data');
  const socket = join(temporary.folder, 'm.sock');
  const own = ['--no-defaults', `--datadir=${data}`, ...(process.getuid?.() === 0 ? ['--user=root'] : [])];
  execFileSync('mariadb-install-db', [...own, '--auth-root-authentication-method=normal', '--skip-test-db'], {
    stdio: 'ignore',
  });
  const port = await freePort();
  const child = spawn(
    'mariadbd',
    [...own, `--port=${port}`, '--bind-address=127.0.0.1', `--socket=${socket}`, '--innodb-buffer-pool-size=16M'],
    { stdio: 'ignore' },
  );
  const gone = once(child, 'exit');
  const close = async (): Promise<void> => {
    child.kill('SIGKILL');
    await gone;
    temporary.remove();
  };
  try {
    const connection = await connected(socket, child);
    const password = 'read me';
    await connection.query(`CREATE DATABASE test CHARACTER SET utf8mb4`);
    await connection.query(`CREATE USER reader@'127.0.0.1' IDENTIFIED BY '${password}'`);
    await connection.query(`GRANT SELECT, EXECUTE ON test.* TO reader@'127.0.0.1'`);
    await connection.query('USE test');
    return {
      port,
      password,
      query: async (sql) => (await connection.query(sql))[0],
      async close() {
        connection.destroy();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Waits until the server accepts connections. Errors: the server's own error if it has ended. */
async function connected(socketPath: string, child: { readonly exitCode: number | null }): Promise<Connection> {
  const { createConnection } = await import('mysql2/promise');
  for (;;) {
    try {
      return await createConnection({ socketPath, user: 'root' });
    } catch (error) {
      if (child.exitCode !== null) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
