import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** What a proxy does with the next request that has a text in it. */
export type ProxyFault =
  /** The server gets the request; its answer is lost with the connection. */
  | 'lose the answer'
  /** The server gets half of the request, and the connection ends. */
  | 'cut the request'
  /** The request never arrives, and the connection stays open. */
  | 'swallow the request';

/** A connection to a server through which a test makes faults. */
export interface TcpProxy {
  readonly port: number;
  /** Makes a fault at the next request with this text in it. Resolves when it happened. */
  failNext(text: string, fault: ProxyFault): Promise<void>;
  /** Refuses all connections until `accept`. */
  refuse(): void;
  accept(): void;
  close(): Promise<void>;
}

interface Planned {
  readonly text: string;
  readonly fault: ProxyFault;
  readonly onDone: () => void;
}

/** @example const proxy = await startTcpProxy(5432); await proxy.failNext('heddle-append', 'lose the answer'); */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let planned: Planned | undefined;
  let isRefusing = false;
  const end = (...pair: readonly Socket[]): void => pair.forEach((socket) => socket.destroy());
  const server = createServer((client) => {
    if (isRefusing) {
      end(client);
      return;
    }
    const upstream = connect(target, '127.0.0.1');
    let isAnswerLost = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => end(client, upstream));
      socket.on('close', () => {
        sockets.delete(socket);
        end(client, upstream);
      });
    }
    upstream.on('data', (chunk) => (isAnswerLost ? end(client, upstream) : client.write(chunk)));
    client.on('data', (chunk) => {
      const plan = planned !== undefined && chunk.includes(planned.text) ? planned : undefined;
      if (plan === undefined) return void upstream.write(chunk);
      planned = undefined;
      plan.onDone();
      if (plan.fault === 'lose the answer') {
        isAnswerLost = true;
        upstream.write(chunk);
      } else if (plan.fault === 'cut the request') {
        upstream.write(chunk.subarray(0, Math.floor(chunk.length / 2)), () => end(client, upstream));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    failNext: (text, fault) =>
      new Promise((resolve) => {
        planned = { text, fault, onDone: resolve };
      }),
    refuse() {
      isRefusing = true;
      end(...sockets);
    },
    accept: () => void (isRefusing = false),
    async close() {
      end(...sockets);
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
