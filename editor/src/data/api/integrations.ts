import {
  BudgetsReply,
  CandidateFactsReply,
  ClockReply,
  ConnectionReply,
  ConnectionsReply,
  ConnectionTest,
  HealthReply,
  PoliciesReply,
  PresetsReply,
  RoutePolicy,
  SecretsReply,
  SettingsReply,
  SpendReply,
  WhatIfReply,
  type Connection,
  type FeedbackRequest,
  type SaveBudgetRequest,
  type SecretChange,
  type WhatIfRequest,
} from '@heddle/core';
import type { z } from 'zod';
import { fetchJson, send } from '../http/http.js';

const at = (...parts: readonly string[]): string => `/api/${parts.map(encodeURIComponent).join('/')}`;
const withSignal = (signal: AbortSignal | undefined): { signal?: AbortSignal } =>
  signal === undefined ? {} : { signal };

/** Whether the secrets belong to the project of this tab or to the installation. */
export type SecretOwner = 'project' | 'installation';
const ownerQuery = (owner: SecretOwner): string => (owner === 'installation' ? '?owner=installation' : '');

export type Preset = PresetsReply['presets'][number];
export type CandidateFact = CandidateFactsReply['facts'][number];
export type SpendRow = SpendReply['rows'][number];

/** Connections, secrets, policies, budgets and settings of the server's API. Errors of every call: ApiError. */
export const integrations = {
  connections: async (signal?: AbortSignal) =>
    (await fetchJson(ConnectionsReply, at('connections'), withSignal(signal))).connections,
  connection: (id: string, signal?: AbortSignal) =>
    fetchJson(ConnectionReply, at('connections', id), withSignal(signal)),
  presets: async (signal?: AbortSignal) =>
    (await fetchJson(PresetsReply, at('connections', 'presets'), withSignal(signal))).presets,
  createConnection: (connection: Connection) =>
    fetchJson(ConnectionReply, at('connections'), { method: 'POST', body: connection }),
  replaceConnection: (connection: Connection) =>
    fetchJson(ConnectionReply, at('connections', connection.id), { method: 'PUT', body: connection }),
  removeConnection: async (id: string): Promise<void> => {
    await send(at('connections', id), { method: 'DELETE' });
  },
  testConnection: (id: string, model?: string) =>
    fetchJson(ConnectionTest, at('connections', id, 'test'), {
      method: 'POST',
      body: model === undefined ? {} : { model },
    }),
  setKey: async (id: string, value: string): Promise<void> => {
    await send(at('connections', id, 'key'), { method: 'PUT', body: { value } });
  },
  removeKey: async (id: string): Promise<void> => {
    await send(at('connections', id, 'key'), { method: 'DELETE' });
  },

  secrets: async (signal?: AbortSignal) => (await fetchJson(SecretsReply, at('secrets'), withSignal(signal))).secrets,
  installationSecrets: async (signal?: AbortSignal) =>
    (await fetchJson(SecretsReply, `${at('secrets')}${ownerQuery('installation')}`, withSignal(signal))).secrets,
  setSecret: async (name: string, change: SecretChange, owner: SecretOwner): Promise<void> => {
    await send(`${at('secrets', name)}${ownerQuery(owner)}`, { method: 'PUT', body: change });
  },
  removeSecret: async (name: string, owner: SecretOwner): Promise<void> => {
    await send(`${at('secrets', name)}${ownerQuery(owner)}`, { method: 'DELETE' });
  },

  policies: async (signal?: AbortSignal) =>
    (await fetchJson(PoliciesReply, at('policies'), withSignal(signal))).policies,
  policy: (name: string, signal?: AbortSignal) => fetchJson(RoutePolicy, at('policies', name), withSignal(signal)),
  savePolicy: (policy: RoutePolicy) =>
    fetchJson(RoutePolicy, at('policies', policy.name), { method: 'PUT', body: policy }),
  removePolicy: async (name: string): Promise<void> => {
    await send(at('policies', name), { method: 'DELETE' });
  },
  facts: async (models: readonly string[], signal?: AbortSignal) =>
    (
      await fetchJson(CandidateFactsReply, at('policies', 'facts'), {
        method: 'POST',
        body: { models },
        ...withSignal(signal),
      })
    ).facts,
  whatIf: (request: z.input<typeof WhatIfRequest>, signal?: AbortSignal) =>
    fetchJson(WhatIfReply, at('policies', 'what-if'), { method: 'POST', body: request, ...withSignal(signal) }),

  budgets: async (signal?: AbortSignal) => (await fetchJson(BudgetsReply, at('budgets'), withSignal(signal))).budgets,
  saveBudget: async (id: string, budget: z.input<typeof SaveBudgetRequest>): Promise<void> => {
    await send(at('budgets', id), { method: 'PUT', body: budget });
  },
  removeBudget: async (id: string): Promise<void> => {
    await send(at('budgets', id), { method: 'DELETE' });
  },
  spend: (by: SpendReply['by'], from: number, to: number, signal?: AbortSignal) =>
    fetchJson(SpendReply, `${at('spend')}?by=${by}&from=${from}&to=${to}`, withSignal(signal)),

  /** A person's rating of a run, which routing uses as quality. */
  feedback: async (runId: string, feedback: z.input<typeof FeedbackRequest>): Promise<void> => {
    await send(at('runs', runId, 'feedback'), { method: 'POST', body: feedback });
  },

  settings: async (signal?: AbortSignal) =>
    (await fetchJson(SettingsReply, at('settings'), withSignal(signal))).settings,
  health: (signal?: AbortSignal) => fetchJson(HealthReply, at('health'), withSignal(signal)),
  confirmClock: () => fetchJson(ClockReply, at('clock', 'confirm'), { method: 'POST' }),
};
