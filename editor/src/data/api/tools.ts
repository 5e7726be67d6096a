import {
  ToolReply,
  ToolServer,
  ToolServersReply,
  ToolServerSummary,
  ToolServerTest,
  ToolSignInReply,
  ToolsReply,
  type FinishToolSignIn,
  type ToolEffect,
} from '@heddle/core';
import { fetchJson, send } from '../http/http.js';

const at = (...parts: readonly string[]): string =>
  `/api/tools/servers${parts.map((part) => `/${encodeURIComponent(part)}`).join('')}`;
const withSignal = (signal: AbortSignal | undefined): { signal?: AbortSignal } =>
  signal === undefined ? {} : { signal };

const servers = async (signal?: AbortSignal): Promise<readonly ToolServerSummary[]> =>
  (await fetchJson(ToolServersReply, at(), withSignal(signal))).servers;
const tools = async (id: string, signal?: AbortSignal): Promise<readonly ToolReply[]> =>
  (await fetchJson(ToolsReply, at(id, 'tools'), withSignal(signal))).tools;

/** Tool servers and the approval of their tools. Errors of every call: ApiError. */
export const toolServers = {
  servers,
  tools,
  /** The tools of all servers, for a selection. */
  allTools: async (signal?: AbortSignal): Promise<readonly ToolReply[]> =>
    (await Promise.all((await servers(signal)).map(({ id }) => tools(id, signal)))).flat(),
  server: (id: string, signal?: AbortSignal) => fetchJson(ToolServer, at(id), withSignal(signal)),
  create: (server: ToolServer) => fetchJson(ToolServerSummary, at(), { method: 'POST', body: server }),
  replace: (server: ToolServer) => fetchJson(ToolServerSummary, at(server.id), { method: 'PUT', body: server }),
  remove: async (id: string): Promise<void> => {
    await send(at(id), { method: 'DELETE' });
  },
  test: (id: string) => fetchJson(ToolServerTest, at(id, 'test'), { method: 'POST', body: {} }),
  refresh: async (id: string): Promise<void> => {
    await fetchJson(ToolsReply, at(id, 'refresh'), { method: 'POST', body: {} });
  },
  signIn: (id: string) => fetchJson(ToolSignInReply, at(id, 'sign-in'), { method: 'POST', body: {} }),
  signOut: (id: string) => fetchJson(ToolServerSummary, at(id, 'sign-in'), { method: 'DELETE' }),
  finishSignIn: (reply: FinishToolSignIn) =>
    fetchJson(ToolServerSummary, '/api/tools/sign-in', { method: 'POST', body: reply }),
  approve: ({ server, name, hash }: ToolReply, effects: readonly ToolEffect[]) =>
    fetchJson(ToolReply, at(server, 'tools', name, 'approve'), { method: 'POST', body: { hash, effects } }),
  disable: ({ server, name }: ToolReply) =>
    fetchJson(ToolReply, at(server, 'tools', name, 'disable'), { method: 'POST', body: {} }),
  setEffects: ({ server, name }: ToolReply, effects: readonly ToolEffect[]) =>
    fetchJson(ToolReply, at(server, 'tools', name, 'effects'), { method: 'PUT', body: { effects } }),
};
