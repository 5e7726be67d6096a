import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { localPrincipal } from '@heddle/core';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../../../settings/read-settings.js';
import { startServer, type RunningServer } from '../../../start-server.js';
import type { AnyJson } from '../../../testing/any-json.js';
import { approvedLetter } from '../../testing/approved-letter.js';
import { askMcp, takesTasks } from '../../testing/ask-mcp.js';
import { until } from '../../testing/open-published.js';

describe('a task', () => {
  let folder: string;
  let server: RunningServer;
  const start = (): Promise<RunningServer> =>
    startServer(readSettings({ HEDDLE_DATA: folder, PORT: '0', HEDDLE_LOG: 'silent' }));
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-tasks-'));
    server = await start();
  });
  afterEach(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = (method: string, params: Record<string, unknown>): Promise<AnyJson> =>
    askMcp(server.address, method, params, { capabilities: { ...takesTasks, elicitation: { form: {} } } });
  const reached = (taskId: string, status: string): Promise<AnyJson> =>
    until<unknown>(async () => {
      const { result } = await ask('tasks/get', { taskId });
      return result.status === status ? (result as unknown) : undefined;
    });

  it('survives a restart of the server, and continues with an answer', async () => {
    await server.heddle.workflows.create(approvedLetter, 'approved');
    await server.heddle.publishing.versions.publish('approved', { acceptDataMap: true }, localPrincipal);
    const { result } = await ask('tools/call', { name: 'approved', arguments: { letter: 'Dear Ada' } });
    const { taskId } = result;
    const before = await reached(taskId, 'input_required');
    await server.close();
    server = await start();
    const after = await reached(taskId, 'input_required');
    expect({ ...after, _meta: undefined }).toEqual({ ...before, _meta: undefined });
    const [request = ''] = Object.keys(after.inputRequests);
    const inputResponses = { [request]: { action: 'accept', content: { choice: 'approve' } } };
    await ask('tasks/update', { taskId, inputResponses });
    expect(await reached(taskId, 'completed')).toMatchObject({ result: { structuredContent: { sent: 'Dear Ada' } } });
  });
});
