import { HeddleError } from '@heddle/core';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { openHeddle, type OpenedHeddle } from './heddle/open-heddle.js';
import { isLoopback } from './http/host-check.js';
import { followReplies } from './http/connections/open-replies.js';
import { MetricsService } from './metrics/metrics.service.js';
import type { Settings } from './settings/settings-table.js';

export interface RunningServer {
  /** For example `http://127.0.0.1:3000`. */
  readonly address: string;
  readonly heddle: OpenedHeddle;
  /**
   * Makes a link with which the owner creates their account; undefined if there is an owner. The link works once and for a day, and each
   * call makes the earlier link invalid.
   */
  ownerAddress(): Promise<string | undefined>;
  /** A line for the terminal that says what this process does; undefined if it does everything. */
  readonly roleLine: string | undefined;
  /** A line for the terminal with that link, which says whether it is needed. */
  ownerLine(): Promise<string | undefined>;
  /** Stops the server in order; unfinished runs wait for the next start. */
  close(): Promise<void>;
}

/**
 * Opens the data folder, listens for requests, and takes over unfinished runs. Errors: `insecure_bind`, `port_taken`, `storage_*`,
 * `setting_invalid`, `custom_nodes_invalid`.
 *
 * @example const server = await startServer(readSettings(process.env));
 */
export async function startServer(settings: Settings): Promise<RunningServer> {
  // Both take long to load and do not depend on each other.
  const [{ createApp }, heddle] = await Promise.all([
    import('./app/create-app.js'),
    openHeddle(settings, { kind: 'server' }),
  ]);
  try {
    await refuseInsecureBind(heddle);
    const app = await createApp(heddle, { isServer: true });
    const untilSent = followReplies(app.getHttpServer());
    await listen(() => app.listen(settings.port, settings.host), settings);
    // Writes the compile cache of the start now, because this process may be killed.
    flushCompileCache();
    const address = addressOf(settings.host, app.getHttpServer().address());
    heddle.lock.announce({ address, token: heddle.accounts.commandToken });
    await heddle.recover(takeOrderlyMark(settings.dataFolder));
    app.get(MetricsService).load();
    const ownerAddress = async (): Promise<string | undefined> => {
      // The link opens a page, which a worker does not serve.
      const link = settings.role === 'worker' ? undefined : await heddle.accounts.ownerLink();
      return link === undefined ? undefined : `${address}/sign-in?setup=${link}`;
    };
    return {
      address,
      heddle,
      roleLine: roleLines[settings.role],
      ownerAddress,
      ownerLine: async () => {
        const owner = await ownerAddress();
        const text = (await heddle.accounts.isSignInNeeded())
          ? "Make the owner's account, once:"
          : "You need no sign-in here. To let others in, make the owner's account, once:";
        return owner === undefined ? undefined : `${text} ${owner}`;
      },
      close: () =>
        closeOnce(heddle, async () => {
          await untilSent(lastRepliesMs);
          await app.close();
        }),
    };
  } catch (error) {
    await heddle.close();
    throw error;
  }
}

const roleLines = {
  all: undefined,
  api: 'This process answers requests and runs no runs (HEDDLE_ROLE=api).',
  worker: 'This process only executes runs, and answers health and metrics (HEDDLE_ROLE=worker).',
} as const;

/**
 * The time for the last replies, which say that the server stops and may have to read the run first. Streams that readers keep open are cut
 * after it.
 */
const lastRepliesMs = 1_000;

async function closeOnce(heddle: OpenedHeddle, closeApp: () => Promise<void>): Promise<void> {
  await heddle.stop();
  await closeApp();
  writeFileSync(markFile(heddle.settings.dataFolder), '');
  await heddle.close();
}

async function refuseInsecureBind({ settings, accounts }: OpenedHeddle): Promise<void> {
  if (isLoopback(settings.host) || settings.signIn === 'required' || (await accounts.hasUsers())) return;
  throw new HeddleError(
    'insecure_bind',
    `HOST=${settings.host} can be reached from other machines, and sign-in is not set up: use 127.0.0.1, or set HEDDLE_SIGN_IN=required and open the link that the first start prints.`,
  );
}

async function listen(start: () => Promise<unknown>, { host, port }: Settings): Promise<void> {
  try {
    await start();
  } catch (cause) {
    const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
    if (code === 'EADDRINUSE')
      throw new HeddleError(
        'port_taken',
        `Port ${port} is in use: stop the program that has it, or choose another with --port or PORT.`,
        { cause, details: { port } },
      );
    if (code === 'EACCES')
      throw new HeddleError(
        'port_taken',
        `Port ${port} must not be used without special rights: choose one above 1023 with PORT.`,
        { cause, details: { port } },
      );
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new HeddleError('setting_invalid', `HOST=${host} is not an address of this machine.`, { cause });
    throw cause;
  }
}

function addressOf(host: string, bound: unknown): string {
  const port = typeof bound === 'object' && bound !== null && 'port' in bound ? String(bound.port) : '';
  // A wildcard address cannot be called, so people and commands on this machine use loopback.
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

const markFile = (folder: string): string => join(folder, 'stopped');

/** Whether the last server of this folder stopped in order. Reading the mark removes it. */
function takeOrderlyMark(folder: string): boolean {
  const file = markFile(folder);
  const isThere = existsSync(file);
  rmSync(file, { force: true });
  return isThere;
}
