import { Delivery, type DeliveryAttempt } from '@heddle/core';
import type { Command } from 'commander';
import { print, printJson, table } from '../../output.js';
import type { JsonOption } from '../parse-argument.js';
import { withClient } from '../context.js';
import { timeOf } from './channels.js';

interface WebhookOptions extends JsonOption {
  readonly event: readonly string[];
  readonly clearance?: string;
}

/** `heddle webhooks`. */
export async function listWebhooks(workflow: string, options: JsonOption, command: Command): Promise<void> {
  const { webhooks } = await withClient(command, ({ api }) =>
    api.GET('/api/workflows/{id}/webhooks', { params: { path: { id: workflow } } }),
  );
  if (options.json === true) printJson(webhooks);
  else if (webhooks.length === 0) print(`'${workflow}' has no webhooks.`);
  else
    print(
      ...table([
        ['id', 'name', 'address', 'events', 'clearance', 'state'],
        ...webhooks.map(({ id, name, url, events, clearance, isPaused }) => [
          ...[id, name, url, events.join(','), clearance, isPaused ? 'paused' : 'on'],
        ]),
      ]),
    );
}

/** `heddle webhooks create`. */
export async function createWebhook(
  workflow: string,
  name: string,
  url: string,
  options: WebhookOptions,
  command: Command,
): Promise<void> {
  const webhook = await withClient(command, ({ api }) =>
    api.POST('/api/workflows/{id}/webhooks', {
      params: { path: { id: workflow } },
      body: {
        name,
        url,
        ...(options.event.length === 0 ? {} : { events: options.event }),
        clearance: options.clearance,
      },
    }),
  );
  if (options.json === true) printJson(webhook);
  else
    print(
      `id      ${webhook.id}`,
      `secret  ${webhook.secret}`,
      'Keep the secret now: it is not shown again. Check signatures with it, by Standard Webhooks.',
    );
}

/** `heddle webhooks deliveries`. */
export async function listDeliveries(
  workflow: string,
  id: string,
  options: JsonOption & { readonly limit: number; readonly status?: Delivery['status'] },
  command: Command,
): Promise<void> {
  const { deliveries } = await withClient(command, ({ api }) =>
    api.GET('/api/workflows/{id}/webhooks/{webhook}/deliveries', {
      params: { path: { id: workflow, webhook: id }, query: { limit: options.limit, status: options.status } },
    }),
  );
  if (options.json === true) printJson(deliveries);
  else if (deliveries.length === 0) print('It has no deliveries yet.');
  else print(...table([heads, ...deliveries.map(rowOf)]));
}

/** `heddle webhooks show`. */
export async function showDelivery(
  workflow: string,
  id: string,
  delivery: string,
  options: JsonOption,
  command: Command,
): Promise<void> {
  const found = await withClient(command, ({ api }) =>
    api.GET('/api/workflows/{id}/webhooks/{webhook}/deliveries/{delivery}', {
      params: { path: { id: workflow, webhook: id, delivery } },
    }),
  );
  if (options.json === true) printJson(found);
  else print(...table([heads, rowOf(found)]), '', ...table([['try', 'took', 'answer', ''], ...found.tries.map(tryOf)]));
}

/** `heddle webhooks send`. */
export async function sendAgain(
  workflow: string,
  id: string,
  delivery: string,
  options: JsonOption,
  command: Command,
): Promise<void> {
  const sent = await withClient(command, ({ api }) =>
    api.POST('/api/workflows/{id}/webhooks/{webhook}/deliveries/{delivery}/send', {
      params: { path: { id: workflow, webhook: id, delivery } },
    }),
  );
  if (options.json === true) printJson(sent);
  else print(`${delivery} waits to be sent: a running server sends it at once.`);
}

const heads = ['id', 'event', 'run', 'status', 'tries', 'next try', 'error'];
const rowOf = ({ id, event, runId, status, attempts, nextAt, error }: Delivery): string[] => [
  ...[id, event, runId, status, String(attempts), timeOf(nextAt), error ?? ''],
];
const tryOf = ({ at: time, ms, status, response, error }: DeliveryAttempt): string[] => [
  ...[timeOf(time), `${ms} ms`, status === undefined ? 'none' : String(status)],
  (response === undefined || response === '' ? (error ?? '') : response).replace(/\s+/g, ' ').slice(0, 120),
];
