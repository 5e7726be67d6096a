import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Extensions, PGlite } from '@electric-sql/pglite';
import { readEmptyPostgres } from './empty-postgres.js';
import { splitMessages, statusAfter, withOwnNames } from './postgres-messages.js';

/** A Postgres that runs in this process and listens on a socket. */
export interface InnerPostgres {
  readonly url: string;
  readonly port: number;
  /** Runs a statement and returns its rows, for the preparation and checks of a test. */
  query(sql: string): Promise<readonly unknown[]>;
  close(): Promise<void>;
}

/**
 * Starts Postgres itself, compiled to WebAssembly. It has only one session, which a connection holds for one transaction at a time. So
 * programs can share it, but tests cannot make them wait for each other's locks.
 */
export async function startPostgres(extensions: Extensions = {}): Promise<InnerPostgres> {
  const { PGlite: Postgres } = await import('@electric-sql/pglite');
  const database = await Postgres.create({ extensions, loadDataDir: await readEmptyPostgres() });
  const sockets = new Set<Socket>();
  const session = createSessionLock();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    serve(database, socket, session);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    query: async (sql) => {
      const end = await session.take();
      try {
        return (await database.query(sql)).rows;
      } finally {
        end();
      }
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      const end = await session.take();
      end();
      await database.close();
    },
  };
}

interface SessionLock {
  /** Waits for the session. Resolves with a function that returns it. */
  take(): Promise<() => void>;
}

function createSessionLock(): SessionLock {
  let last = Promise.resolve();
  return {
    take() {
      let end = (): void => undefined;
      const before = last;
      last = new Promise((resolve) => (end = resolve));
      return before.then(() => end);
    },
  };
}

const sync = Uint8Array.from([0x53, 0, 0, 0, 4]);

/** Forwards complete messages of the wire protocol one by one. A connection holds the session until the end of its transaction. */
function serve(database: PGlite, socket: Socket, session: SessionLock): void {
  const connection = nextConnection();
  let waiting = Buffer.alloc(0);
  let hasStarted = false;
  let endSession: (() => void) | undefined;
  let work = Promise.resolve();
  const pass = async (message: Buffer): Promise<void> => {
    if (socket.destroyed) return;
    endSession ??= await session.take();
    const reply = Buffer.from(await database.execProtocolRaw(withOwnNames(message, connection)));
    if (!socket.destroyed) socket.write(reply);
    if (statusAfter(reply) !== 'I') return;
    endSession();
    endSession = undefined;
  };
  socket.on('data', (chunk) => {
    const { messages, rest } = splitMessages(Buffer.concat([waiting, chunk]), hasStarted);
    waiting = rest;
    hasStarted ||= messages.length > 0;
    for (const message of messages) work = work.then(() => pass(message));
  });
  // Like a server whose client is gone: rolls back the open transaction.
  socket.on('close', () => {
    work = work.then(async () => {
      if (endSession === undefined) return;
      await database.execProtocolRaw(sync);
      await database.exec('ROLLBACK');
      endSession();
    });
  });
}

let connections = 0;
const nextConnection = (): string => `c${(connections += 1)}_`;
