import { isDurable, type RunEvent } from '@heddle/core';
import { ApiError } from '../../data/http/http.js';
import type { LiveClient } from '../../data/live/live-client.js';

/** All durable events of an ended run, in order. Rejects with an ApiError if the server refuses to send them. */
export function collectEvents(live: Pick<LiveClient, 'watchRun'>, runId: string): Promise<readonly RunEvent[]> {
  return new Promise((resolve, reject) => {
    const events: RunEvent[] = [];
    const end = live.watchRun(runId, 0, {
      onEvents: (batch) => {
        for (const event of batch) if (isDurable(event)) events.push(event);
        if (events.at(-1)?.type !== 'run-end') return;
        end();
        resolve(events);
      },
      onRefused: ({ code, message }) => {
        end();
        reject(new ApiError(code, message, 0));
      },
    });
  });
}
