import type { RunStatus, RunSummary, StreamEvent } from '@heddle/core';
import { durable, watchBySocket, watchBySse } from '../e2e/run-events.js';
import { post, send } from '../e2e/server-calls.js';
import { ask, pause, type ClientWorld } from './client-world.js';
import type { Watch } from './evidence.js';
import { startPublished } from './published.js';
import { createRandom, type Random } from './random.js';
import { letterOf } from './workflow.js';

const terminal: ReadonlySet<RunStatus> = new Set(['done', 'failed', 'cancelled']);
/**
 * Starts a run (sometimes as a caller of the published workflow), watches it over two transports until its end, sometimes cancels or
 * resumes it, and records what it saw.
 */
export async function followRun(world: ClientWorld, index: number): Promise<void> {
  const random = createRandom(world.seed, 1_000 + index);
  const tag = `run-${index}`;
  // Some effects last long enough that a cancel can hit them.
  const ms = Math.round(random.chance(0.3) ? random.between(300, 1_500) : random.between(0, 60));
  const letter = world.hasFiles === true ? { letter: letterOf(tag) } : {};
  const inputs = { tag, question: 'What does a heddle lift?', ms, ...letter };
  if (random.chance(0.25)) {
    const run = await startPublished(world, tag, inputs, random);
    if (run !== undefined) await followAccepted(world, run.runId, tag, random, run.ended);
    return;
  }
  const document = world.documents[Math.floor(random.next() * world.documents.length)];
  const reply = await ask<{ runId: string }>(world, (server) => post(server, '/api/runs', { document, inputs }));
  if (reply?.status !== 202) return; // the run was not accepted, so nothing was promised
  await followAccepted(world, reply.body.runId, tag, random);
}

async function followAccepted(
  world: ClientWorld,
  runId: string,
  tag: string,
  random: Random,
  published?: Promise<void>,
): Promise<void> {
  world.history.accepted.push({ runId, tag });
  const cancelAfter = random.chance(0.35) ? random.between(0, 1_500) : undefined;
  const ends = Promise.all([
    watch(world, runId, 'sse', random),
    watch(world, runId, 'socket', random),
    cancelAfter === undefined ? undefined : cancel(world, runId, cancelAfter),
    published,
  ]);
  const status = await untilEnd(world, runId);
  await ends;
  if (status !== 'done' && random.chance(0.5)) await resume(world, runId, tag, random);
  // Reads the status again later, because a terminal status must not change.
  await pause(random.between(0, 1_000));
  if (!world.isOver) await readStatus(world, runId);
}

async function readStatus(world: ClientWorld, runId: string): Promise<RunStatus | undefined> {
  const reply = await ask<{ status: RunStatus }>(world, (server) => send(server, `/api/runs/${runId}`));
  if (reply?.status !== 200) return undefined;
  const { status } = reply.body;
  world.history.seen.push({ runId, status });
  return status;
}

async function untilEnd(world: ClientWorld, runId: string): Promise<RunStatus | undefined> {
  while (!world.isOver) {
    const status = await readStatus(world, runId);
    if (status !== undefined && terminal.has(status)) return status;
    await pause(200);
  }
  return undefined;
}

async function cancel(world: ClientWorld, runId: string, afterMs: number): Promise<void> {
  await pause(afterMs);
  const reply = await ask<RunSummary>(world, (server) => post(server, `/api/runs/${runId}/cancel`, {}));
  if (reply?.status === 202) world.history.cancels.push({ runId, status: reply.body.status });
}

async function resume(world: ClientWorld, runId: string, tag: string, random: Random): Promise<void> {
  const reply = await ask<{ runId: string }>(world, (server) => post(server, `/api/runs/${runId}/resume`, {}));
  if (reply?.status === 202) await followAccepted(world, reply.body.runId, tag, random);
}

/** Watches a run over one transport until its end, and reconnects whenever the connection breaks. */
async function watch(world: ClientWorld, runId: string, via: Watch['via'], random: Random): Promise<void> {
  let after = 0;
  while (!world.isOver) {
    const server = await world.server.current().catch(() => undefined);
    if (server === undefined) return;
    const events: StreamEvent[] = [];
    try {
      const watcher = via === 'sse' ? watchBySse(server, runId, after) : await watchBySocket(server, runId, after);
      // Some clients disconnect by themselves and reconnect.
      const leaves = random.chance(0.3) ? pause(random.between(50, 800)) : new Promise<void>(() => undefined);
      await Promise.race([watcher.ended, server.ended, leaves]).catch(() => undefined);
      watcher.stop();
      events.push(...watcher.events);
    } catch {
      await pause(20);
    }
    world.history.watches.push({ runId, via, after, events });
    const last = durable(events).at(-1);
    if (last?.type === 'run-end') return;
    after = last?.seq ?? after;
  }
}

/** Answers all open human input requests, some of them twice at the same time with different answers. */
export async function answerQuestions(world: ClientWorld): Promise<void> {
  const random = createRandom(world.seed, 1);
  let number = 0;
  while (!world.isOver) {
    const open = await ask<{ requests: readonly { requestId: string; runId: string; path: string }[] }>(
      world,
      (server) => send(server, '/api/human-inputs'),
    );
    for (const { requestId, runId, path } of open?.body.requests ?? []) {
      if (random.chance(0.3)) continue;
      const answer = async (): Promise<void> => {
        number += 1;
        const value = path === 'once' ? { decision: random.chance(0.7) ? 'run' : 'fail' } : { word: `word-${number}` };
        const reply = await ask(world, (server) =>
          post(server, `/api/runs/${runId}/human-inputs/${requestId}`, { value }),
        );
        if (reply?.status === 204) world.history.answers.push({ runId, requestId, value });
      };
      await Promise.all(random.chance(0.2) ? [answer(), answer()] : [answer()]);
    }
    await pause(100);
  }
}

/** Counts the runs whose end the clients have seen. */
export function endedRuns({ history }: ClientWorld): number {
  return new Set(history.seen.flatMap(({ runId, status }) => (terminal.has(status) ? [runId] : []))).size;
}

/** Counts the runs that have not ended; undefined if the server died. */
export async function unfinished(world: ClientWorld): Promise<number | undefined> {
  const reply = await ask<{ runs: readonly RunSummary[] }>(world, (server) =>
    send(server, '/api/runs?status=queued,running,suspended,paused&limit=1000'),
  );
  return reply?.body.runs.length;
}
