import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../settings/read-settings.js';
import { startServer, type RunningServer } from '../start-server.js';
import type { AnyJson } from '../testing/any-json.js';
import { captureOutput } from '../testing/capture-output.js';
import { runCommandLine } from './run-command-line.js';

const document = {
  heddle: 2,
  name: 'Approved',
  nodes: {
    letter: { type: 'input', version: 1, config: { fields: [{ name: 'letter', type: 'Text' }] } },
    ask: {
      type: 'human-input',
      version: 1,
      title: 'Last check',
      config: { title: 'May this be sent?', assignee: 'ada' },
    },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'sent', type: 'Json' }] } },
  },
  edges: [
    { from: 'letter.letter', to: 'ask.value' },
    { from: 'ask.approve', to: 'reply.sent' },
  ],
};

describe.each(['on the folder', 'through a server'])('human input requests on the command line, %s', (way) => {
  let folder: string;
  let server: RunningServer | undefined;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-asks-'));
    writeFileSync(join(folder, 'approved.json'), JSON.stringify(document));
    if (way === 'through a server')
      server = await startServer(readSettings({ HEDDLE_DATA: folder, PORT: '0', HEDDLE_LOG: 'silent' }));
  });
  afterEach(async () => {
    await server?.close();
    server = undefined;
    rmSync(folder, { recursive: true, force: true });
  });
  const heddle = async (...args: readonly string[]) => {
    return captureOutput(() => runCommandLine(['--data', folder, ...args]));
  };
  const read = async (...args: readonly string[]): Promise<AnyJson> =>
    JSON.parse((await heddle(...args, '--json')).stdout);
  const suspend = () => heddle('run', join(folder, 'approved.json'), '--input', 'letter=Dear Ada');

  it('are listed, answered with the edition that was seen, and their run is followed to its end', async () => {
    expect((await suspend()).stderr).toContain('asks: May this be sent?');
    const [request] = await read('inbox');
    expect(request).toMatchObject({ mark: 'open', path: 'ask', titles: ['Last check'] });
    expect(request).toMatchObject({ question: { assignee: 'ada', details: { value: 'Dear Ada' } } });
    expect(await read('inbox', 'list', '--assignee', 'bo')).toEqual([]);
    const listed = (await heddle('inbox')).stdout;
    expect(listed).toContain('approve, refuse');
    expect(listed).toContain('Last check');

    const other = await heddle(
      'inbox',
      'answer',
      request.runId,
      request.requestId,
      '--choose',
      'approve',
      '--hash',
      'sha256:0',
    );
    expect([other.result, other.stderr]).toEqual([1, expect.stringContaining('approval_changed')]);
    const odd = await heddle('inbox', 'answer', request.runId, request.requestId, '--choose', 'maybe');
    expect([odd.result, odd.stderr]).toEqual([1, expect.stringContaining('human_input_invalid')]);

    const { hash } = request.question.details;
    const answered = await heddle(
      'inbox',
      'answer',
      request.runId,
      request.requestId,
      '--choose',
      'approve',
      '--hash',
      hash,
    );
    expect([answered.result, answered.stdout]).toEqual([0, expect.stringContaining('Dear Ada')]);
    expect(answered.stderr).toContain(hash);
    const again = await heddle('inbox', 'answer', request.runId, request.requestId, '--choose', 'approve');
    expect([again.result, again.stderr]).toEqual([1, expect.stringContaining('human_input_decided')]);
    expect(await read('inbox')).toEqual([]);
  });
});
