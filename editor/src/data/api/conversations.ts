import {
  CachesReply,
  ClearedCachesReply,
  ConversationReply,
  ConversationsReply,
  ErasedConversationsReply,
  type AssignConversationRequest,
  type StoredCache,
} from '@heddle/core';
import { fetchJson, send } from '../http/http.js';

/** The filter of the conversation list. */
export interface ConversationFilter {
  readonly project?: string | undefined;
  readonly workflow?: string | undefined;
  readonly search?: string | undefined;
  readonly isUnassigned?: boolean;
}

const queryOf = (
  { isUnassigned = false, ...names }: ConversationFilter,
  more: Readonly<Record<string, string>> = {},
) => {
  const given = Object.entries(names).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === '' ? [] : [[name, value]],
  );
  return new URLSearchParams([
    ...given,
    ...(isUnassigned ? [['unassigned', 'true'] as [string, string]] : []),
    ...Object.entries(more),
  ]).toString();
};
const withSignal = (signal: AbortSignal | undefined): { signal?: AbortSignal } =>
  signal === undefined ? {} : { signal };
const at = (id: string): string => `/api/conversations/${encodeURIComponent(id)}`;

export const conversationPageSize = 50;
/** Turns per request. */
const turnsAtOnce = 50;

/** The memory of runs and their caches. Errors of every call: ApiError. */
export const conversations = {
  /** Newest first; `after` is the `next` of the page before. */
  list: (filter: ConversationFilter, after?: string, signal?: AbortSignal) =>
    fetchJson(
      ConversationsReply,
      `/api/conversations?${queryOf(filter, { limit: String(conversationPageSize), ...(after === undefined ? {} : { after }) })}`,
      withSignal(signal),
    ),
  /** The newest turns, or those before a position. */
  read: (id: string, before?: number, signal?: AbortSignal) =>
    fetchJson(
      ConversationReply,
      `${at(id)}?limit=${turnsAtOnce}${before === undefined ? '' : `&before=${before}`}`,
      withSignal(signal),
    ),
  /** The URL of a download, which is an audit event itself. */
  exportAddress: (filter: ConversationFilter): string => `/api/conversations/export?${queryOf(filter)}`,
  erase: (id: string) => fetchJson(ErasedConversationsReply, at(id), { method: 'DELETE' }),
  assign: async (id: string, owner: AssignConversationRequest): Promise<void> => {
    await send(`${at(id)}/assign`, { method: 'POST', body: owner });
  },

  caches: (signal?: AbortSignal) => fetchJson(CachesReply, '/api/caches', withSignal(signal)),
  clearCache: ({ project, workflow, name }: Pick<StoredCache, 'project' | 'workflow' | 'name'>) =>
    fetchJson(ClearedCachesReply, `/api/caches?${new URLSearchParams({ name, workflow: workflow ?? '' }).toString()}`, {
      method: 'DELETE',
      headers: { 'heddle-project': project },
    }),
};
