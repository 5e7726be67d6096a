import { startServer, type ServerProcess } from '../../e2e/start-server.js';

/** A server that listens, or one that ended before. */
type Started =
  | { readonly isListening: true; readonly server: ServerProcess }
  | { readonly isListening: false; readonly code: number | null; readonly text: string };

/** Starts a server on a data folder that it may refuse. */
export async function startOrEnd(data: string, environment: Readonly<Record<string, string>> = {}): Promise<Started> {
  try {
    return { isListening: true, server: await startServer({ data, environment }) };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const code = /^The server ended with (\d+) /.exec(text)?.[1];
    return { isListening: false, code: code === undefined ? null : Number(code), text };
  }
}
