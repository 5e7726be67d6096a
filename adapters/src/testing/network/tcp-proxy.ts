import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What the proxy does with the next request that contains a given text. */
export type ProxyFault =
  /** The server gets the request, but the connection ends before its answer arrives. */
  | 'lose the answer'
  /** The server gets half of the request, and then the connection ends. */
  | 'cut the request'
  /** The server does not get the request, and the connection stays open. */
  | 'swallow the request';

/** A proxy between a client and a server with which a test can simulate faults. */
export interface TcpProxy {
  readonly port: number;
  /** Causes a fault at the next request that contains this text. Resolves when it has happened. */
  failNext(text: string, fault: ProxyFault): Promise<void>;
  /**
   * From now on, the server gets each request, but the connection ends before its answer arrives. The returned function stops this and
   * returns how many answers were lost.
   */
  loseAnswers(): () => number;
  /** Ends all connections and returns how many there were. New connections are accepted. */
  cut(): number;
  /** Forwards nothing in either direction. Connections stay open, and new ones are accepted. */
  hold(): void;
  /** Ends `hold`. The data sent in the meantime is delivered late, or is lost together with its connections. */
  resume(held: 'arrives' | 'is lost'): void;
  /** Refuses all connections until `accept` is called. */
  refuse(): void;
  accept(): void;
  close(): Promise<void>;
}

interface Planned {
  readonly text: string;
  readonly fault: ProxyFault;
  readonly onDone: () => void;
}

/** A client connection, with its own connection to the server. */
interface Pair {
  readonly client: Socket;
  readonly upstream: Socket;
  isAnswerLost: boolean;
}

/** Starts a proxy. @example const proxy = await startTcpProxy(5432); await proxy.failNext('heddle-append', 'lose the answer'); */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const proxy = new FaultyProxy(target);
  await proxy.listen();
  return proxy;
}

class FaultyProxy implements TcpProxy {
  private readonly server: Server;
  private readonly pairs = new Set<Pair>();
  private planned: Planned | undefined;
  private isRefusing = false;
  private isHeld = false;
  private isLosing = false;
  private lost = 0;
  private readonly target: number;

  constructor(target: number) {
    this.target = target;
    this.server = createServer((client) => this.open(client));
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  private open(client: Socket): void {
    if (this.isRefusing) {
      client.destroy();
      return;
    }
    const pair: Pair = { client, upstream: connect(this.target, '127.0.0.1'), isAnswerLost: false };
    const { upstream } = pair;
    this.pairs.add(pair);
    for (const socket of [client, upstream]) {
      socket.on('error', () => this.end(pair));
      socket.on('close', () => this.end(pair));
    }
    upstream.on('data', (chunk) => this.answer(pair, chunk));
    client.on('data', (chunk) => this.request(pair, chunk));
    if (this.isHeld) pause(pair);
  }

  private end(pair: Pair): void {
    this.pairs.delete(pair);
    pair.client.destroy();
    pair.upstream.destroy();
  }

  private answer(pair: Pair, chunk: Buffer): void {
    if (!pair.isAnswerLost) return void pair.client.write(chunk);
    this.lost += 1;
    this.end(pair);
  }

  private request(pair: Pair, chunk: Buffer): void {
    const { planned } = this;
    const fault = planned !== undefined && chunk.includes(planned.text) ? planned.fault : undefined;
    if (fault !== undefined) {
      planned?.onDone();
      this.planned = undefined;
    }
    if (this.isLosing || fault === 'lose the answer') pair.isAnswerLost = true;
    if (fault === 'swallow the request') return;
    if (fault === 'cut the request')
      pair.upstream.write(chunk.subarray(0, Math.floor(chunk.length / 2)), () => this.end(pair));
    else pair.upstream.write(chunk);
  }

  failNext(text: string, fault: ProxyFault): Promise<void> {
    return new Promise((resolve) => {
      this.planned = { text, fault, onDone: resolve };
    });
  }

  loseAnswers(): () => number {
    this.isLosing = true;
    const before = this.lost;
    return () => {
      this.isLosing = false;
      return this.lost - before;
    };
  }

  cut(): number {
    const count = this.pairs.size;
    for (const pair of this.pairs) this.end(pair);
    return count;
  }

  hold(): void {
    this.isHeld = true;
    this.pairs.forEach(pause);
  }

  resume(held: 'arrives' | 'is lost'): void {
    this.isHeld = false;
    if (held === 'is lost') this.cut();
    for (const { client, upstream } of this.pairs) {
      client.resume();
      upstream.resume();
    }
  }

  refuse(): void {
    this.isRefusing = true;
    this.cut();
  }

  accept(): void {
    this.isRefusing = false;
  }

  async close(): Promise<void> {
    this.isRefusing = true;
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function pause({ client, upstream }: Pair): void {
  client.pause();
  upstream.pause();
}
