import type { RunReply } from '@heddle/core';
import { request, type IncomingHttpHeaders } from 'node:http';
import { eventually } from './eventually.js';
import type { ServerProcess } from './start-server.js';

/** A reply with its body as text. */
export interface RawReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sends a request with exactly the given headers, including `Host`. */
export function send(
  server: ServerProcess,
  path: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { method?: string; headers?: Readonly<Record<string, string>>; body?: string } = {},
): Promise<RawReply> {
  return new Promise((resolve, reject) => {
    const call = request(`${server.address}${path}`, { method, headers, agent: false }, (reply) => {
      let text = '';
      reply.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      reply.on('end', () => resolve({ status: reply.statusCode ?? 0, headers: reply.headers, text }));
      reply.on('error', reject);
    });
    call.on('upgrade', (reply, socket) => {
      socket.destroy();
      resolve({ status: reply.statusCode ?? 0, headers: reply.headers, text: '' });
    });
    call.on('error', reject);
    call.end(body);
  });
}

/** Posts JSON. */
export function post(server: ServerProcess, path: string, body: unknown): Promise<RawReply> {
  return send(server, path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** Calls the server and returns the JSON of a successful reply. */
export async function callJson(
  server: ServerProcess,
  method: string,
  path: string,
  body?: unknown,
): Promise<Record<string, unknown>> {
  const reply = await fetch(`${server.address}${path}`, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text.slice(0, 300)}`);
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>); // the server's own JSON
}

/** Starts a document as a run; returns its id when it is accepted. */
export async function begin(
  server: ServerProcess,
  document: unknown,
  inputs: Readonly<Record<string, unknown>>,
): Promise<string> {
  const reply = await post(server, '/api/runs', { document, inputs });
  if (reply.status !== 202) throw new Error(`The run was not accepted: ${reply.status} ${reply.text}`);
  return (JSON.parse(reply.text) as { runId: string }).runId;
}

/** Whether a run had not ended at a given time, according to its recorded end. */
export const workedAt = ({ summary }: RunReply, moment: number): boolean =>
  summary.endedAt === undefined || summary.endedAt > moment;

/** Reads the present state of a run. */
export async function runOf(server: ServerProcess, runId: string): Promise<RunReply> {
  return JSON.parse((await send(server, `/api/runs/${runId}`)).text) as RunReply;
}

/** Waits until a run has ended or reached another status. */
export function untilStatus(
  server: ServerProcess,
  runId: string,
  statuses: readonly string[] = ['done', 'failed', 'cancelled'],
  withinMs?: number,
): Promise<RunReply> {
  return eventually(
    `run ${statuses.join(' or ')}`,
    async () => {
      const run = await runOf(server, runId);
      return statuses.includes(run.status) ? run : undefined;
    },
    withinMs,
  );
}
