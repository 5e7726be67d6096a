import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

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
  /** From now on, the server gets each request, and its answer is lost with the connection. Stop it by what is returned, which gives how many answers were lost. */
  loseAnswers(): () => number;
  /** Ends all connections; new ones are accepted. Gives how many there were. */
  cut(): number;
  /** Passes nothing on in either direction; connections stay open, and new ones are accepted. */
  hold(): void;
  /** Ends `hold`: what was sent meanwhile arrives late, or is lost with its connections. */
  goOn(held: 'arrives' | 'is lost'): void;
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

/** A connection of a client, with its own connection to the server. */
interface Pair {
  readonly client: Socket;
  readonly upstream: Socket;
  /** The next answer ends the connection. */
  isAnswerLost: boolean;
}

/** @example const proxy = await startTcpProxy(5432); await proxy.failNext('heddle-append', 'lose the answer'); */
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

  goOn(held: 'arrives' | 'is lost'): void {
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
