import {
  ArrivalsReply,
  BatchesReply,
  BatchPreview,
  BatchReply,
  BatchRowsReply,
  CreatedHookReply,
  CreatedWebhookReply,
  DeliveriesReply,
  Delivery,
  DeliveryReply,
  HookReceived,
  HookReply,
  HooksReply,
  SchedulePreview,
  ScheduleReply,
  SchedulesReply,
  SecretReply,
  WebhookReply,
  WebhooksReply,
  type BatchRow,
  type CreateHookRequest,
  type HookConfig,
  type ScheduleConfig,
  type WebhookConfig,
} from '@heddle/core';
import type { z } from 'zod';
import { fetchJson, send } from '../http/http.js';

const at = (id: string, ...parts: readonly string[]): string =>
  `/api/workflows/${[id, ...parts].map(encodeURIComponent).join('/')}`;
const withSignal = (signal: AbortSignal | undefined): { signal?: AbortSignal } =>
  signal === undefined ? {} : { signal };
const post = { method: 'POST', body: {} } as const;

/** The three kinds that are created, changed and deleted. */
export type ChannelPlace = 'hooks' | 'webhooks' | 'schedules';

/** The settings of a new batch, without its file. */
export interface BatchSettings {
  readonly name: string;
  readonly columns?: Readonly<Record<string, string>>;
  readonly concurrency?: number;
  readonly budget?: number;
  readonly clearance?: string;
}

/** Webhooks, schedules and batches of a workflow. Errors of every call: ApiError. */
export const triggers = {
  remove: async (id: string, place: ChannelPlace | 'batches', channel: string): Promise<void> => {
    await send(at(id, place, channel), { method: 'DELETE' });
  },
  changeSecret: async (id: string, place: 'hooks' | 'webhooks', channel: string) =>
    (await fetchJson(SecretReply, at(id, place, channel, 'secret'), post)).secret,

  hooks: async (id: string, signal?: AbortSignal) =>
    (await fetchJson(HooksReply, at(id, 'hooks'), withSignal(signal))).hooks,
  createHook: (id: string, body: z.input<typeof CreateHookRequest>) =>
    fetchJson(CreatedHookReply, at(id, 'hooks'), { method: 'POST', body }),
  changeHook: (id: string, hook: string, body: HookConfig) =>
    fetchJson(HookReply, at(id, 'hooks', hook), { method: 'PUT', body }),
  arrivals: async (id: string, hook: string, signal?: AbortSignal) =>
    (await fetchJson(ArrivalsReply, at(id, 'hooks', hook, 'arrivals'), withSignal(signal))).arrivals,
  tryHook: (id: string, hook: string, body: unknown) =>
    fetchJson(HookReceived, at(id, 'hooks', hook, 'try'), { method: 'POST', body: { body } }),

  webhooks: async (id: string, signal?: AbortSignal) =>
    (await fetchJson(WebhooksReply, at(id, 'webhooks'), withSignal(signal))).webhooks,
  createWebhook: (id: string, body: z.input<typeof WebhookConfig>) =>
    fetchJson(CreatedWebhookReply, at(id, 'webhooks'), { method: 'POST', body }),
  changeWebhook: (id: string, webhook: string, body: WebhookConfig) =>
    fetchJson(WebhookReply, at(id, 'webhooks', webhook), { method: 'PUT', body }),
  deliveries: async (id: string, webhook: string, signal?: AbortSignal) =>
    (await fetchJson(DeliveriesReply, `${at(id, 'webhooks', webhook, 'deliveries')}?limit=50`, withSignal(signal)))
      .deliveries,
  delivery: (id: string, webhook: string, delivery: string, signal?: AbortSignal) =>
    fetchJson(DeliveryReply, at(id, 'webhooks', webhook, 'deliveries', delivery), withSignal(signal)),
  sendAgain: (id: string, webhook: string, delivery: string) =>
    fetchJson(Delivery, at(id, 'webhooks', webhook, 'deliveries', delivery, 'send'), post),

  schedules: async (id: string, signal?: AbortSignal) =>
    (await fetchJson(SchedulesReply, at(id, 'schedules'), withSignal(signal))).schedules,
  previewSchedule: (id: string, cron: string, timeZone: string, signal?: AbortSignal) =>
    fetchJson(SchedulePreview, at(id, 'schedules', 'preview'), {
      method: 'POST',
      body: { cron, timeZone },
      ...withSignal(signal),
    }),
  createSchedule: (id: string, body: z.input<typeof ScheduleConfig>) =>
    fetchJson(ScheduleReply, at(id, 'schedules'), { method: 'POST', body }),
  changeSchedule: (id: string, schedule: string, body: ScheduleConfig) =>
    fetchJson(ScheduleReply, at(id, 'schedules', schedule), { method: 'PUT', body }),
  history: async (id: string, schedule: string, signal?: AbortSignal) =>
    (await fetchJson(ArrivalsReply, at(id, 'schedules', schedule, 'history'), withSignal(signal))).arrivals,
  runNow: async (id: string, schedule: string) =>
    (await fetchJson(HookReceived.pick({ runId: true }), at(id, 'schedules', schedule, 'run'), post)).runId,

  batches: async (id: string, signal?: AbortSignal) =>
    (await fetchJson(BatchesReply, at(id, 'batches'), withSignal(signal))).batches,
  previewBatch: (id: string, file: File, settings: BatchSettings, signal?: AbortSignal) =>
    fetchJson(BatchPreview, at(id, 'batches', 'preview'), {
      method: 'POST',
      form: formOf(file, settings),
      ...withSignal(signal),
    }),
  createBatch: (id: string, file: File, settings: BatchSettings) =>
    fetchJson(BatchReply, at(id, 'batches'), { method: 'POST', form: formOf(file, settings) }),
  actOnBatch: (id: string, batch: string, act: 'pause' | 'resume' | 'cancel' | 'retry', budget?: number) =>
    fetchJson(BatchReply, at(id, 'batches', batch, act), {
      method: 'POST',
      body: budget === undefined ? {} : { budget },
    }),
  rows: async (
    id: string,
    batch: string,
    query: { readonly status?: BatchRow['status']; readonly after?: number },
    signal?: AbortSignal,
  ) => {
    const words = new URLSearchParams({
      limit: '50',
      ...(query.status === undefined ? {} : { status: query.status }),
      ...(query.after === undefined ? {} : { after: String(query.after) }),
    });
    const path = `${at(id, 'batches', batch, 'rows')}?${words.toString()}`;
    return (await fetchJson(BatchRowsReply, path, withSignal(signal))).rows;
  },
  resultsPath: (id: string, batch: string, format: 'csv' | 'jsonl'): string =>
    `${at(id, 'batches', batch, 'results')}?format=${format}`,
};

function formOf(file: File, { columns, ...settings }: BatchSettings): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(settings)) if (value !== undefined) form.set(name, String(value));
  if (columns !== undefined) form.set('columns', JSON.stringify(columns));
  form.set('file', file, file.name);
  return form;
}
