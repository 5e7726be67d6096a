import { PublishedEvent, type Delivery } from '@heddle/core';
import { post, send } from '../e2e/server-calls.js';
import type { ServerProcess } from '../e2e/start-server.js';
import { ask, pause, type ClientWorld } from './client-world.js';
import type { PublishedWatch } from './evidence.js';
import type { Random } from './random.js';

/** The name under which the workflow is published. */
export const slug = 'chaos';

/** A published run whose stream is read to its end, however often it breaks off. */
interface PublishedRun {
  readonly runId: string;
  readonly ended: Promise<void>;
}

/** Publishes a workflow, and has an address notified of each run of it that is done. */
export async function publish(server: ServerProcess, document: object, webhook: string): Promise<void> {
  const steps = [
    ['/api/workflows', { document, slug }],
    [`/api/workflows/${slug}/publish/check`, {}],
  ] as const;
  let dataMapHash: unknown;
  for (const [path, body] of steps) {
    const { status, text } = await post(server, path, body);
    if (status >= 300) throw new Error(`POST ${path}: ${status} ${text}`);
    ({ dataMapHash } = JSON.parse(text) as { dataMapHash?: unknown });
  }
  const { status, text } = await post(server, `/api/workflows/${slug}/publish`, { acceptDataMap: dataMapHash });
  if (status !== 201) throw new Error(`The workflow was not published: ${status} ${text}`);
  const about = { name: 'Told', url: webhook, events: ['run.done'] };
  const made = await post(server, `/api/workflows/${slug}/webhooks`, about);
  if (made.status !== 201) throw new Error(`The webhook was not made: ${made.status} ${made.text}`);
}

/** Messages to the webhook that nobody has heard yet. */
export async function untoldMessages(world: ClientWorld): Promise<number | undefined> {
  const webhooks = `/api/workflows/${slug}/webhooks`;
  const made = await ask<{ webhooks: readonly { id: string }[] }>(world, (server) => send(server, webhooks));
  const id = made?.body.webhooks[0]?.id;
  if (id === undefined) return undefined;
  const reply = await ask<{ deliveries: readonly Delivery[] }>(world, (server) =>
    send(server, `${webhooks}/${id}/deliveries?status=waiting`),
  );
  return reply?.status === 200 ? reply.body.deliveries.length : undefined;
}

/** Asks for a run as a stream. Whoever receives nothing asks again under the same key. Undefined where it was refused. */
export async function startPublished(
  world: ClientWorld,
  tag: string,
  inputs: object,
  random: Random,
): Promise<PublishedRun | undefined> {
  while (!world.isOver) {
    const stop = new AbortController();
    const reply = await open(world, stop.signal, `/v1/workflows/${slug}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': tag },
      body: JSON.stringify(inputs),
    });
    if (reply === undefined) continue;
    const runId = /^\/v1\/runs\/(.+)$/.exec(reply.headers.get('location') ?? '')?.[1];
    if (!reply.ok || runId === undefined) return undefined;
    return { runId, ended: follow(world, runId, { reply, stop }, random) };
  }
  return undefined;
}

interface Connection {
  readonly reply: Response;
  readonly stop: AbortController;
}

/** Reads the stream of a run, and comes back with `Last-Event-ID` until it has said the end. */
async function follow(world: ClientWorld, runId: string, first: Connection, random: Random): Promise<void> {
  let after = 0;
  for (let connection: Connection | undefined = first; !world.isOver;) {
    const events = connection === undefined ? [] : await read(connection, random);
    if (connection !== undefined) world.history.streams.push({ runId, after, events });
    const last = events.at(-1)?.event;
    if (
      (last?.type === 'error' && last.code !== 'shutting_down') ||
      (last?.type === 'result' && isEnd(last.reply.status))
    )
      return;
    after = events.findLast(({ id }) => id !== undefined)?.id ?? after;
    // A run that waits for a person says so at once.
    await pause(last?.type === 'result' ? 150 : 10);
    const stop = new AbortController();
    const headers = { 'last-event-id': String(after) };
    const reply = await open(world, stop.signal, `/v1/runs/${runId}/events`, { headers });
    connection = reply?.ok === true ? { reply, stop } : undefined;
  }
}

const isEnd = (status: string): boolean => status === 'done' || status === 'failed' || status === 'cancelled';

/** Everything that a connection says until it ends, breaks off, or the client goes away. */
async function read({ reply, stop }: Connection, random: Random): Promise<PublishedWatch['events']> {
  const events: PublishedWatch['events'][number][] = [];
  const leaving = random.chance(0.3) ? setTimeout(() => stop.abort(), random.between(50, 800)) : undefined;
  let rest = '';
  try {
    for await (const chunk of reply.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const parts = `${rest}${chunk}`.split('\n\n');
      rest = parts.pop() ?? '';
      events.push(...parts.map(eventOf));
    }
  } catch (error) {
    if (error instanceof SyntaxError) throw error; // the others say that the connection is gone
  } finally {
    clearTimeout(leaving);
    stop.abort();
  }
  return events;
}

function eventOf(part: string): PublishedWatch['events'][number] {
  const field = (name: string): string | undefined =>
    part
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  const type = field('event');
  const id = field('id');
  const data = JSON.parse(field('data') ?? '') as object;
  const event = PublishedEvent.parse({ type, ...(type === 'result' ? { reply: data } : data) });
  return { id: id === undefined ? undefined : Number(id), event };
}

function open(
  world: ClientWorld,
  signal: AbortSignal,
  path: string,
  init: { readonly method?: string; readonly headers: Record<string, string>; readonly body?: string },
): Promise<Response | undefined> {
  const headers = { ...init.headers, accept: 'text/event-stream' };
  return world.server
    .current()
    .then((server) => fetch(`${server.address}${path}`, { ...init, headers, signal }))
    .catch(async () => {
      await pause(20);
      return undefined;
    });
}
