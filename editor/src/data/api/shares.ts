import { CreatedShareReply, ShareReply, SharesReply, type ShareConfig } from '@heddle/core';
import { fetchJson, send } from '../http/http.js';

const at = (workflow: string, ...parts: readonly string[]): string =>
  `/api/workflows/${[workflow, 'shares', ...parts].map(encodeURIComponent).join('/')}`;

/** Share links of a published workflow. Errors of every call: ApiError. */
export const shares = {
  list: async (workflow: string, signal?: AbortSignal) =>
    (await fetchJson(SharesReply, at(workflow), signal === undefined ? {} : { signal })).shares,
  /** The reply has the token, only this once. */
  create: (workflow: string, config: ShareConfig) =>
    fetchJson(CreatedShareReply, at(workflow), { method: 'POST', body: config }),
  change: (workflow: string, id: string, config: ShareConfig) =>
    fetchJson(ShareReply, at(workflow, id), { method: 'PUT', body: config }),
  /** Creates a new token; the old one stops working. */
  renew: (workflow: string, id: string) =>
    fetchJson(CreatedShareReply, at(workflow, id, 'renew'), { method: 'POST', body: {} }),
  revoke: async (workflow: string, id: string): Promise<void> => {
    await send(at(workflow, id), { method: 'DELETE' });
  },
};
