import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Readable } from 'node:stream';
import { createApp } from '../../app/create-app.js';
import { openHeddle, type OpenOptions } from '../../heddle/open-heddle.js';
import type { Settings } from '../../settings/settings-table.js';
import { createCaller, type Client } from './http-call.js';

/** Opens the data folder in this process and calls its API without a socket. Errors: `storage_*`. */
export async function openInProcess(
  settings: Settings,
  options: Pick<OpenOptions, 'waitMs' | 'takesLoss'>,
): Promise<Client> {
  const heddle = await openHeddle(settings, { ...options, kind: 'command' });
  try {
    const app = await createApp(heddle);
    await app.getHttpAdapter().getInstance().ready();
    // Neither the engine's timers nor calls without a socket keep a process alive. This timer does, until `close`.
    const stayAlive = setInterval(() => undefined, 60_000);
    return {
      ...createCaller('http://localhost', heddle.accounts.commandToken, (address, init) => inject(app, address, init)),
      address: undefined,
      close: async () => {
        clearInterval(stayAlive);
        await heddle.stop();
        await app.close();
        await heddle.close();
      },
    };
  } catch (error) {
    await heddle.close();
    throw error;
  }
}

async function inject(app: NestFastifyApplication, address: string, init: RequestInit): Promise<Response> {
  const { pathname, search } = new URL(address);
  const reply = await app.inject({
    method: init.method ?? 'GET', // The method comes from our own commands.
    url: `${pathname}${search}`,
    headers: { ...(init.headers as Record<string, string>), host: 'localhost' }, // `createCaller` makes a plain object.
    payloadAsStream: true,
    payload: payloadOf(init.body),
  });
  const headers = Object.entries(reply.headers).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  );
  const body = reply.statusCode === 204 ? null : Readable.toWeb(reply.stream());
  return new Response(body as ReadableStream | null, { status: reply.statusCode, headers }); // Node's stream is the web's stream.
}

function payloadOf(body: RequestInit['body']): string | Buffer | Readable | undefined {
  if (body instanceof ReadableStream) return Readable.fromWeb(body);
  if (body instanceof Uint8Array) return Buffer.from(body);
  return typeof body === 'string' ? body : undefined;
}
