import { HeddleError } from '@heddle/core';
import type { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { IncomingMessage } from 'node:http';
import type { RequestOrigin } from '../http/host-check.js';
import type { Connection, SocketAdmission } from './socket-admission.js';

type ServerOptions = NonNullable<Parameters<IoAdapter['createIOServer']>[1]>;
type Server = ReturnType<IoAdapter['createIOServer']>;

/** socket.io with our limits, the same Host and Origin check as HTTP before a connection is made, and bounds for sockets of nobody. */
export class LiveAdapter extends IoAdapter {
  constructor(
    app: INestApplicationContext,
    private readonly checkHost: (request: RequestOrigin) => void,
    private readonly admission: SocketAdmission,
  ) {
    super(app);
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    if (options === undefined) throw new HeddleError('internal', 'The live socket needs its options.');
    const server = super.createIOServer(port, {
      ...options,
      path: '/socket.io',
      serveClient: false,
      maxHttpBufferSize: 64 * 1024,
      perMessageDeflate: false,
      allowRequest: (request: IncomingMessage, decide: (message: string | null, isAllowed: boolean) => void) => {
        const check = async (): Promise<void> => {
          this.checkHost(originOf(request));
          await this.admission.checkRoom(request);
        };
        check().then(
          () => decide(null, true),
          (error: unknown) => decide(error instanceof Error ? error.message : 'forbidden', false),
        );
      },
    });
    server.engine.on('connection', (connection: Connection) => this.admission.begin(connection));
    return server;
  }
}

/** The headers of a request that tell where it comes from. */
export function originOf(request: Pick<IncomingMessage, 'headers' | 'rawHeaders'>): RequestOrigin {
  const site = request.headers['sec-fetch-site'];
  // Of two hosts we would see the first, and a proxy in front perhaps the last.
  const hosts = request.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  return {
    host: hosts.length === 1 ? request.headers.host : undefined,
    origin: request.headers.origin,
    secFetchSite: typeof site === 'string' ? site : undefined,
  };
}
