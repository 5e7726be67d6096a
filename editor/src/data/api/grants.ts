import { GrantReply, GrantsReply, SetGrantReply, type GrantKind } from '@heddle/core';
import { fetchJson } from '../http/http.js';

const at = (...parts: readonly string[]): string =>
  `/api/grants${parts.map((part) => `/${encodeURIComponent(part)}`).join('')}`;
const withSignal = (signal: AbortSignal | undefined): { signal?: AbortSignal } =>
  signal === undefined ? {} : { signal };

/** Which projects may use what, and where it is used. Errors of every call: ApiError. */
export const grants = {
  /** Everything that the user may grant. */
  list: async (signal?: AbortSignal) => (await fetchJson(GrantsReply, at(), withSignal(signal))).grants,
  get: (kind: GrantKind, id: string, signal?: AbortSignal) => fetchJson(GrantReply, at(kind, id), withSignal(signal)),
  /** Grants an item to exactly these projects; the reply names the live versions that this breaks. */
  set: (kind: GrantKind, id: string, projects: readonly string[]) =>
    fetchJson(SetGrantReply, at(kind, id), { method: 'PUT', body: { projects } }),
};
