import type { ServerProcess } from '../e2e/start-server.js';
import type { ClientHistory } from './evidence.js';

/** Where clients send requests. */
export interface ServerSource {
  /** The server that listens now, or the next one that will. */
  current(): Promise<ServerProcess>;
}

/** The server, the workflows and the history that all clients of a chaos run share. */
export interface ClientWorld {
  readonly server: ServerSource;
  readonly history: ClientHistory;
  /** A client chooses one of them for each run. */
  readonly documents: readonly object[];
  readonly seed: number;
  /** Whether the workflows take a letter, and store values as files of their own. */
  readonly hasFiles?: boolean;
  /** Whether the clients stop. */
  isOver: boolean;
}

/** Waits so many milliseconds. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Sends a request to the server that runs; undefined if it dies before it answers. */
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
