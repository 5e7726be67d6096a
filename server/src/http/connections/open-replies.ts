import type { Server, ServerResponse } from 'node:http';

/**
 * Counts the open replies of a server. The returned function waits until all are sent, but at most `limitMs` milliseconds, because a reader
 * that never leaves would block the stop.
 *
 * @example const untilSent = followReplies(app.getHttpServer()); await untilSent(1_000);
 */
export function followReplies(server: Server): (limitMs: number) => Promise<void> {
  const open = new Set<ServerResponse>();
  let onLast = (): void => undefined;
  server.on('request', (_request, response: ServerResponse) => {
    open.add(response);
    response.once('close', () => {
      open.delete(response);
      if (open.size === 0) onLast();
    });
  });
  return async (limitMs) => {
    if (open.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      onLast = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  };
}
