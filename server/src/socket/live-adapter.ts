import { HeddleError } from '@heddle/core';
import type { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { IncomingMessage } from 'node:http';
import { errorBody, toRequestError } from '../http/errors/error-reply.js';
import type { RequestOrigin } from '../http/host-check.js';
import { refuseConnection } from './refuse-connection.js';
import { responseOf, type Connection, type SocketAdmission } from './socket-admission.js';

/** The path of the live socket. */
export const liveNamespace = '/live';

type ServerOptions = NonNullable<Parameters<IoAdapter['createIOServer']>[1]>;
type Server = ReturnType<IoAdapter['createIOServer']>;

/**
 * The socket.io adapter with Heddle's limits. It checks Host and Origin like HTTP requests before a connection is made, and limits the
 * number of sockets.
 */
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
        // While the owner of an upgrade request is identified, no other listener handles errors of its TCP connection.
        if (responseOf(request) === undefined) request.socket.on('error', () => request.socket.destroy());
        const check = async (): Promise<void> => {
          this.checkHost(originOf(request));
          await this.admission.admit(request);
        };
        check().then(
          () => decide(null, true),
          (error: unknown) => refuseConnection(request, toRequestError(error)),
        );
      },
    });
    server.engine.on('connection', (connection: Connection) => this.admission.begin(connection));
    server.of(liveNamespace).use((socket, next) => {
      this.admission.recognise(socket).then(
        () => next(),
        (error: unknown) => next(connectError(toRequestError(error))),
      );
    });
    return server;
  }
}

/** Makes the `connect_error` of a client, with code and message in its `data`. */
function connectError(error: HeddleError): Error {
  return Object.assign(new Error(error.message), { data: errorBody(error).error });
}

/**
 * Reads the headers that show where a request comes from. If the Host may be the address that the request reached, includes that address.
 */
export function originOf(
  request: Pick<IncomingMessage, 'headers' | 'rawHeaders' | 'socket'>,
  mayNameAddress = false,
): RequestOrigin {
  const site = request.headers['sec-fetch-site'];
  // With two Host headers, Node would report the first, and a proxy in front may have used the last, so the host counts as unknown.
  const hosts = request.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  return {
    host: hosts.length === 1 ? request.headers.host : undefined,
    origin: request.headers.origin,
    secFetchSite: typeof site === 'string' ? site : undefined,
    reached: mayNameAddress ? request.socket.localAddress : undefined,
  };
}
