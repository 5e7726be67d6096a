import type { ServerProcess } from '../e2e/start-server.js';
import type { ClientHistory } from './evidence.js';

/** Gives clients the server for their requests. */
export interface ServerSource {
  /** Resolves with the server that listens now, or with the next one. */
  current(): Promise<ServerProcess>;
}

/** What all clients of a chaos run share: the server, the workflows and the history. */
export interface ClientWorld {
  readonly server: ServerSource;
  readonly history: ClientHistory;
  /** The documents from which clients choose one for each run. */
  readonly documents: readonly object[];
  readonly seed: number;
  /** Whether the workflows have an input `letter` and store large values as files. */
  readonly hasFiles?: boolean;
  /** Set when the clients must stop. */
  isOver: boolean;
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Sends a request to the current server; undefined if the server dies before it answers. */
export async function ask<T>(
  { server }: ClientWorld,
  call: (server: ServerProcess) => Promise<{ readonly status: number; readonly text: string }>,
): Promise<{ readonly status: number; readonly body: T } | undefined> {
  try {
    const { status, text } = await call(await server.current());
    return { status, body: (text === '' ? undefined : JSON.parse(text)) as T };
  } catch {
    await pause(20);
    return undefined;
  }
}
