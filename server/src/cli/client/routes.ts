import { readLock } from '@heddle/adapters/database';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Readable } from 'node:stream';
import type { Settings } from '../../settings/settings-table.js';
import { createCaller, type Caller } from './http-call.js';

/** The routes of the API, of a server or of this process. */
export interface Routes extends Caller {
  close(): Promise<void>;
}

/**
 * The routes of the running server, or of this process over the data folder. A command is checked, audited and answered in the same way
 * as every other caller. Errors: `storage_locked`, `storage_*`.
 */
export async function openRoutes(settings: Settings): Promise<Routes> {
  const owner = readLock(settings.dataFolder);
  if (owner?.kind === 'server' && owner.address !== undefined)
    return { ...createCaller(owner.address, owner.token), close: () => Promise.resolve() };
  const [{ openHeddle }, { createApp }] = await Promise.all([
    import('../../heddle/open-heddle.js'),
    import('../../app/create-app.js'),
  ]);
  const heddle = await openHeddle(settings, { kind: 'command', waitMs: 5_000 });
  try {
    const app = await createApp(heddle);
    await app.getHttpAdapter().getInstance().ready();
    return {
      ...createCaller('http://localhost', heddle.accounts.commandToken, (address, init) => inject(app, address, init)),
      close: async () => {
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
    method: init.method ?? 'GET', // a method of our own commands
    url: `${pathname}${search}`,
    headers: { ...(init.headers as Record<string, string>), host: 'localhost' }, // a plain object, as createCaller makes it
    payloadAsStream: true,
    ...(typeof init.body === 'string' ? { payload: init.body } : {}),
    ...(init.body instanceof Uint8Array ? { payload: Buffer.from(init.body) } : {}),
  });
  const headers = Object.entries(reply.headers).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  );
  const body = reply.statusCode === 204 ? null : Readable.toWeb(reply.stream());
  return new Response(body as ReadableStream | null, { status: reply.statusCode, headers }); // Node's stream is the web's
}
