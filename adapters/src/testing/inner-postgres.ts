import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Extensions, PGlite } from '@electric-sql/pglite';
import { readEmptyPostgres } from './empty-postgres.js';
import { splitMessages, statusAfter, withOwnNames } from './postgres-messages.js';

/** A Postgres in this process, behind a socket. */
export interface InnerPostgres {
  readonly url: string;
  readonly port: number;
  /** The rows of a statement, for what a test prepares and looks up. */
  query(sql: string): Promise<readonly unknown[]>;
  close(): Promise<void>;
}

/**
 * Postgres itself, compiled to WebAssembly. It has one session, which one connection has at a time, for a transaction. So
 * programs can share it, but never wait for each other's locks.
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
  /** Resolves with a function that gives the session back. */
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

/** Passes whole messages of the wire protocol on, one after the other; a connection has the session until the end of its transaction. */
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
  // As a server does whose client is gone: what it had begun is taken back.
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
