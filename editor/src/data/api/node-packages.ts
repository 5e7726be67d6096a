import { NodePackage, NodePackagesReply, type InstallNodePackageRequest } from '@heddle/core';
import { fetchJson, send } from '../http/http.js';

const path = '/api/node-packages';

/** Packages of custom nodes. Errors of every call: ApiError. */
export const nodePackages = {
  list: async (signal: AbortSignal): Promise<readonly NodePackage[]> =>
    (await fetchJson(NodePackagesReply, path, { signal })).packages,
  install: (request: InstallNodePackageRequest) => fetchJson(NodePackage, path, { method: 'POST', body: request }),
  remove: async (name: string): Promise<void> => {
    await send(`${path}/${encodeURIComponent(name)}`, { method: 'DELETE' });
  },
};
