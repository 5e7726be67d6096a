import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommandLine } from '../cli/run-command-line.js';
import { readSettings } from '../settings/read-settings.js';
import { startServer, type RunningServer } from '../start-server.js';
import { captureOutput } from '../testing/capture-output.js';
import { startSdkToolServer, type SdkToolServer } from '../testing/sdk-tool-server.js';
import { startModelServer, type ScriptedTurn, type TestModelServer } from '../testing/test-model-server.js';

// A test reads replies of every form.
// oxlint-disable-next-line typescript/no-explicit-any
type Reply = any;

const document = {
  heddle: 2,
  name: 'Clerk',
  nodes: {
    ask: { type: 'input', version: 1, config: { fields: [{ name: 'task', type: 'text' }] } },
    clerk: {
      type: 'agent',
      version: 1,
      config: { model: 'scripted/one', tools: [{ use: 'mcp', server: 'signed' }] },
    },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'text' }] } },
  },
  edges: [
    { from: 'ask.task', to: 'clerk.prompt' },
    { from: 'clerk.text', to: 'reply.answer' },
  ],
};

describe("a tool server with the sign-in of the protocol's own library", () => {
  let folder: string;
  let server: RunningServer;
  let tools: SdkToolServer;
  let model: TestModelServer;
  const turns: ScriptedTurn[] = ['Nothing.'];
  const printed: string[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-sdk-sign-in-'));
    server = await startServer(readSettings({ HEDDLE_DATA: folder, PORT: '0', HEDDLE_LOG: 'silent' }));
    [tools, model] = await Promise.all([startSdkToolServer(), startModelServer(turns)]);
    await call('POST', '/api/connections', {
      id: 'scripted',
      kind: 'openai-compatible',
      baseUrl: model.baseUrl,
      isLocal: true,
      models: [{ name: 'one', supports: { tools: true } }],
    });
  }, 60_000);
  afterAll(async () => {
    await server.close();
    await Promise.all([tools.close(), model.close()]);
    rmSync(folder, { recursive: true, force: true });
  });
  const send = async (method: string, path: string, body?: unknown): Promise<string> => {
    const headers = { 'content-type': 'application/json' };
    const init = body === undefined ? {} : { headers, body: JSON.stringify(body) };
    return (await fetch(`${server.address}${path}`, { method, ...init })).text();
  };
  const call = async (...asked: Parameters<typeof send>): Promise<Reply> => JSON.parse((await send(...asked)) || '{}');
  const heddle = async (...args: readonly string[]): Promise<string> => {
    const { stdout, stderr } = await captureOutput(() => runCommandLine(['--data', folder, ...args]));
    printed.push(stdout, stderr);
    return stdout + stderr;
  };
  /** Runs the command, and agrees on the page that it prints, as a browser that follows every redirect does. */
  const signIn = async (): Promise<string> => {
    const write = process.stderr.write.bind(process.stderr);
    let said = '';
    process.stderr.write = (chunk: unknown) => {
      said += String(chunk);
      const page = /^http:\/\/127\S+$/m.exec(said)?.[0];
      if (page !== undefined) {
        said = '';
        void fetch(page);
      }
      return true;
    };
    try {
      const { stdout } = await captureOutputOf('tools', 'sign-in', 'signed');
      return stdout;
    } finally {
      process.stderr.write = write;
    }
  };
  const captureOutputOf = async (...args: readonly string[]) => {
    const write = process.stdout.write.bind(process.stdout);
    let stdout = '';
    process.stdout.write = (chunk: unknown) => {
      stdout += String(chunk);
      return true;
    };
    try {
      await runCommandLine(['--data', folder, ...args]);
    } finally {
      process.stdout.write = write;
    }
    printed.push(stdout);
    return { stdout };
  };
  const run = async (...script: readonly ScriptedTurn[]): Promise<Reply> => {
    turns.splice(0, turns.length, ...script);
    model.requests.splice(0);
    const { runId } = await call('POST', '/api/runs', { document, inputs: { task: 'Read twice.' } });
    for (;;) {
      const found = await call('GET', `/api/runs/${runId as string}`);
      if (['done', 'failed', 'suspended'].includes(found.status as string)) return found;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const read = [{ name: 'signed__read', args: {} }];
  /** What the provider does before the model answers with another call. */
  const first = (work: () => void) => () => {
    work();
    return Promise.resolve(read);
  };
  const received = (): unknown => model.requests.at(-1)?.messages.findLast(({ role }) => role === 'tool')?.['content'];

  it('can be signed in to from the command line, and its tools approved', async () => {
    expect(await heddle('tools', 'add', 'signed', '--url', tools.url, '--inside', '--sign-in')).toContain('sign');
    expect(await heddle('tools', 'test', 'signed')).toContain('mcp_sign_in');
    expect(await signIn()).toContain('Signed in to signed.');
    expect(await heddle('tools', 'approve', 'signed', '--all')).toContain('signed__read is approved');
    expect((await call('GET', '/api/audit?act=tool')).records).toEqual(
      expect.arrayContaining(
        ['sign-in begun', 'signed in'].map((step) =>
          expect.objectContaining({ details: expect.objectContaining({ step }) }),
        ),
      ),
    );
  });

  it('gets a renewed token when the token ends in the middle of a run', async () => {
    const before = tools.calls;
    expect(
      await run(
        read,
        first(() => tools.revoke()),
        'Done.',
      ),
    ).toMatchObject({
      status: 'done',
      outputs: { answer: 'Done.' },
    });
    expect([tools.calls - before, tools.renewals]).toEqual([2, 1]);
  });

  it('is reported to the model when its token is revoked in the middle of a run, and works after the next sign-in', async () => {
    const before = tools.calls;
    expect(
      await run(
        read,
        first(() => tools.revoke(true)),
        'Half.',
      ),
    ).toMatchObject({ status: 'done' });
    expect([tools.calls - before, received()]).toEqual([1, expect.stringMatching(/^Error mcp_sign_in/)]);
    // The tools cannot be listed without a token: the next run fails with an error code, and is resumed after a sign-in.
    const failed = await run(read, 'Never.');
    expect(failed.error).toMatchObject({ code: 'mcp_sign_in' });
    await signIn();
    turns.splice(0, turns.length, read, 'Whole.');
    model.requests.splice(0);
    const out = await heddle('runs', 'resume', failed.runId as string, '--json');
    expect(out).toContain('Whole.');
  });

  it('shows no token anywhere, and loses its tokens at a sign-out', async () => {
    const { runs } = await call('GET', '/api/runs');
    const events = await Promise.all(
      runs.map(({ runId }: Reply) => send('GET', `/api/runs/${runId as string}/events`)),
    );
    const asked = JSON.stringify(model.requests);
    const shown = [
      ...events,
      ...printed,
      asked,
      await send('GET', '/api/audit'),
      await send('GET', '/api/tools/servers'),
    ];
    const files = readdirSync(folder).filter((name) => name.startsWith('heddle.db'));
    const stored = files.map((name) => readFileSync(join(folder, name)).toString('latin1'));
    expect(tools.given.length).toBeGreaterThan(5);
    for (const secret of tools.given)
      expect([secret, [...shown, ...stored].some((text) => text.includes(secret))]).toEqual([secret, false]);
    expect(await heddle('tools', 'sign-out', 'signed')).toContain('Signed out of signed');
    expect(await heddle('tools', 'test', 'signed')).toContain('mcp_sign_in');
  });
});
