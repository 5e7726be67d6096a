import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GrantReply } from '@heddle/core';
import { readSettings } from '../settings/read-settings.js';
import { startServer } from '../start-server.js';
import { captureOutput } from '../testing/capture-output.js';
import { runCommandLine } from './run-command-line.js';

const asking = {
  heddle: 2,
  name: 'Far',
  nodes: {
    question: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
    ask: { type: 'generate', version: 1, config: { model: 'mine/one', maxTokens: 10 } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [
    { from: 'question.question', to: 'ask.prompt' },
    { from: 'ask.text', to: 'reply.answer' },
  ],
};
const connection = {
  id: 'mine',
  kind: 'openai-compatible',
  baseUrl: 'http://127.0.0.1:1/v1',
  models: [{ name: 'one' }],
  clearance: 'confidential',
};

describe('heddle grants', () => {
  let folder: string;
  const heddle = async (...args: readonly string[]) => {
    const { result, stdout, stderr } = await captureOutput(() => runCommandLine(['--data', folder, ...args]));
    return { code: result, stdout, stderr };
  };
  const file = (name: string, value: unknown): string => {
    const path = join(folder, name);
    writeFileSync(path, JSON.stringify(value));
    return path;
  };
  const granted = async (): Promise<GrantReply | undefined> =>
    (JSON.parse((await heddle('grants', '--json')).stdout) as GrantReply[]).find(({ id }) => id === 'mine');
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-grants-'));
    await heddle('connections', 'add', 'mine', '--file', file('connection.json', connection));
    await heddle('import', file('far.json', asking), '--slug', 'far');
    await heddle('publish', 'far', '--accept-data-map');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('shows on the folder which projects may use a resource, and what uses it', async () => {
    expect(await granted()).toMatchObject({
      kind: 'connection',
      projects: ['default'],
      uses: [{ slug: 'far', version: 1 }],
    });
    const { stdout } = await heddle('grants', 'list');
    expect(stdout).toMatch(/^connection +mine +default +far \(version 1\)$/m);
    await heddle('grants', 'set', 'connection', 'mine', '*');
    expect(await granted()).toMatchObject({ projects: ['*'] });
  });

  it('refuses unknown kinds, resources and projects', async () => {
    expect(await heddle('grants', 'set', 'wish', 'mine', 'default')).toMatchObject({ code: 2 });
    expect((await heddle('grants', 'set', 'connection', 'none', 'default')).stderr).toContain('not_found');
    expect((await heddle('grants', 'set', 'connection', 'mine', 'none')).stderr).toContain('project_not_found');
    expect(await granted()).toMatchObject({ projects: ['default'] });
  });

  it('works through a running server, and names the live versions that break', async () => {
    const server = await startServer(
      readSettings({ HEDDLE_DATA: folder, PORT: '0', HEDDLE_SIGN_IN: 'required', HEDDLE_LOG: 'silent' }),
    );
    try {
      const { id } = await server.heddle.parts.identity.projects.create('Beta');
      const { code, stdout, stderr } = await heddle('grants', 'set', 'connection', 'mine', id);
      expect([code, stdout]).toEqual([0, `The connection mine may be used in: ${id}.\n`]);
      expect(stderr).toContain('far (version 1) in default cannot be called any more.');
      expect(server.heddle.grants.has('default', 'connection', 'mine')).toBe(false);
    } finally {
      await server.close();
    }
  });
});
