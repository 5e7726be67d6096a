import {
  PublishCheck,
  TestReport,
  VersionReply,
  VersionsReply,
  WorkflowVersion,
  type LivePointer,
  type PublishRequest,
} from '@heddle/core';
import { z } from 'zod';
import { fetchJson, send } from '../http/http.js';

const at = (id: string, ...parts: readonly string[]): string =>
  `/api/workflows/${[id, ...parts].map(encodeURIComponent).join('/')}`;
const TestsReply = z.object({ content: z.string() });
const withSignal = (signal: AbortSignal | undefined): { signal?: AbortSignal } =>
  signal === undefined ? {} : { signal };

/** Versions and tests of a workflow. Errors of every call: ApiError. */
export const publishing = {
  /** All checks before the draft can be published; tests run where requested. */
  check: (id: string, tests: boolean, signal?: AbortSignal) =>
    fetchJson(PublishCheck, at(id, 'publish', 'check'), { method: 'POST', body: { tests }, ...withSignal(signal) }),
  /** Errors: `workflow_invalid`, `tests_failed`, `data_map_unaccepted`. */
  publish: (id: string, request: PublishRequest) =>
    fetchJson(WorkflowVersion, at(id, 'publish'), { method: 'POST', body: request }),
  versions: (id: string, signal?: AbortSignal) => fetchJson(VersionsReply, at(id, 'versions'), withSignal(signal)),
  version: (id: string, version: number, signal?: AbortSignal) =>
    fetchJson(VersionReply, at(id, 'versions', String(version)), withSignal(signal)),
  /** Sets the live version; null unpublishes the workflow. */
  setLive: (id: string, live: LivePointer | null) =>
    fetchJson(VersionsReply, at(id, 'live'), { method: 'POST', body: { live } }),
  tests: async (id: string, signal?: AbortSignal) =>
    (await fetchJson(TestsReply, at(id, 'tests'), withSignal(signal))).content,
  setTests: async (id: string, content: string): Promise<void> => {
    await send(at(id, 'tests'), { method: 'PUT', body: { content } });
  },
  runTests: (id: string, names?: readonly string[], signal?: AbortSignal) =>
    fetchJson(TestReport, at(id, 'tests', 'run'), {
      method: 'POST',
      body: names === undefined ? {} : { names },
      ...withSignal(signal),
    }),
};
