import { PublishedEvent, type Delivery } from '@heddle/core';
import { post, send } from '../e2e/server-calls.js';
import type { ServerProcess } from '../e2e/start-server.js';
import { ask, pause, type ClientWorld } from './client-world.js';
import type { PublishedWatch } from './evidence.js';
import type { Random } from './random.js';

/** The slug of the published workflow. */
export const slug = 'chaos';

/** A published run. Its stream is read to the end, however often the connection breaks. */
interface PublishedRun {
  readonly runId: string;
  readonly ended: Promise<void>;
}

/** Publishes a workflow and adds a webhook for its finished runs. */
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

/** Counts the webhook messages that are not delivered yet; undefined if the server died. */
export async function undeliveredMessages(world: ClientWorld): Promise<number | undefined> {
  const webhooks = `/api/workflows/${slug}/webhooks`;
  const made = await ask<{ webhooks: readonly { id: string }[] }>(world, (server) => send(server, webhooks));
  const id = made?.body.webhooks[0]?.id;
  if (id === undefined) return undefined;
  const reply = await ask<{ deliveries: readonly Delivery[] }>(world, (server) =>
    send(server, `${webhooks}/${id}/deliveries?status=waiting`),
  );
  return reply?.status === 200 ? reply.body.deliveries.length : undefined;
}

/** Starts a run as a stream, and repeats the request with the same key until there is a reply. Undefined if the run was refused. */
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

/** Reads the stream of a run, and reconnects with `Last-Event-ID` until it has ended. */
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
    // The stream of a run that waits for a person ends at once, so the client waits longer.
    await pause(last?.type === 'result' ? 150 : 10);
    const stop = new AbortController();
    const headers = { 'last-event-id': String(after) };
    const reply = await open(world, stop.signal, `/v1/runs/${runId}/events`, { headers });
    connection = reply?.ok === true ? { reply, stop } : undefined;
  }
}

const isEnd = (status: string): boolean => status === 'done' || status === 'failed' || status === 'cancelled';

/** Reads the events of a connection until it ends or breaks, or until the client disconnects. */
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
    if (error instanceof SyntaxError) throw error; // other errors mean that the connection is gone
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
