import type { Command } from 'commander';
import { startServer, type RunningServer } from '../../start-server.js';
import { print, printToStderr } from '../output.js';
import { settingsOf } from './context.js';

/** `heddle serve`: serves until a signal; the second signal ends the process at once. */
export async function serve(options: { readonly port?: string }, command: Command): Promise<void> {
  const server = await startServer(settingsOf(command, { PORT: options.port }));
  const stopped = untilStopped(server);
  print(`Heddle is at ${server.address}`);
  if (server.roleLine !== undefined) printToStderr(server.roleLine);
  const owner = await server.ownerLine();
  if (owner !== undefined) printToStderr(owner);
  await stopped;
  // Native code may keep the process alive after everything is closed.
  process.exit(0);
}

/** Resolves after a signal has stopped the server. Signals are handled from the call on. */
function untilStopped(server: RunningServer): Promise<void> {
  return new Promise((resolve) => {
    let isStopping = false;
    const stop = (signal: string): void => {
      if (isStopping) process.exit(130);
      isStopping = true;
      printToStderr(`Heddle stops (${signal}).`);
      void server
        .close()
        .catch((error: unknown) => printToStderr(String(error)))
        .finally(resolve);
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
  });
}
