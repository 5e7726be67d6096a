import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';

/** A Postgres with pgvector in this process, behind a socket. */
export interface InnerPostgres {
  readonly url: string;
  /** The rows of a statement, for what a test prepares and looks up. */
  query(sql: string): Promise<readonly unknown[]>;
  close(): Promise<void>;
}

/** Postgres itself, compiled to WebAssembly. It has one session: a client takes one connection at a time. */
export async function startPostgres(): Promise<InnerPostgres> {
  const database = await PGlite.create({ extensions: { vector } });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    serve(database, socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    query: async (sql) => (await database.query(sql)).rows,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await database.close();
    },
  };
}

/** Passes whole messages of the wire protocol on, one after the other. */
function serve(database: PGlite, socket: Socket): void {
  let waiting = Buffer.alloc(0);
  let hasStarted = false;
  let work = Promise.resolve();
  socket.on('data', (chunk) => {
    waiting = Buffer.concat([waiting, chunk]);
    for (;;) {
      // The first message has no type before its length.
      const head = hasStarted ? 1 : 0;
      if (waiting.length < head + 4) return;
      const length = head + waiting.readUInt32BE(head);
      if (waiting.length < length) return;
      const message = Uint8Array.from(waiting.subarray(0, length));
      waiting = waiting.subarray(length);
      hasStarted = true;
      work = work.then(async () => {
        if (!socket.destroyed) socket.write(await database.execProtocolRaw(message));
      });
    }
  });
}
