import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { HeddleError, type SampleReply, type SampleRequest } from '@heddle/core';
import { openHost } from './__fixtures__/open-host.js';

const { resolve } = createRequire(import.meta.url);
/** The program of a reference server of the protocol, from its npm package. */
const program = (name: string): string =>
  join(dirname(resolve(`@modelcontextprotocol/server-${name}/package.json`)), 'dist/index.js');

/** Waits, because the server offers its tool after the greeting. */
async function until<T>(read: () => Promise<T | undefined>): Promise<T> {
  for (const end = performance.now() + 20_000; ;) {
    const found = await read();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error('The condition did not hold within 20 s.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('reference servers of the protocol', () => {
  let host: ReturnType<typeof openHost>;
  let folder: string;
  beforeEach(() => {
    host = openHost();
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-reference-')));
  });
  afterEach(async () => {
    await host.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const register = async (
    name: string,
    args: readonly string[] = [],
    environment: { name: string; value: string }[] = [],
  ) => {
    await host.register({
      id: name,
      transport: { kind: 'stdio', command: process.execPath, args: [program(name), ...args], environment },
    });
    await host.approveAll(name);
    return host.tools(name);
  };

  it('everything: uses a model only when the settings of the server name one, and gets an answer', async () => {
    const asks = (tools: readonly { readonly name: string }[]) => tools.some(({ name }) => name.includes('sampling'));
    expect(asks(await register('everything', ['stdio']))).toBe(false);
    const sampling = { model: 'fake/one', maxTokens: 50, maxCalls: 5 };
    await host.register({
      id: 'asking',
      transport: { kind: 'stdio', command: process.execPath, args: [program('everything'), 'stdio'] },
      sampling,
    });
    const name = await until(async () => {
      await host.approveAll('asking');
      return (await host.tools('asking')).find((tool) => tool.name.includes('sampling'))?.name;
    });
    const seen: SampleRequest[] = [];
    const sample = (request: SampleRequest): Promise<SampleReply> => {
      seen.push(request);
      return Promise.resolve({ text: 'Forty-two.', finishReason: 'stop' });
    };
    const { text } = await host.call(name, { prompt: 'How many?' }, { sample });
    expect(text).toContain('Forty-two.');
    expect(seen).toMatchObject([
      {
        model: 'fake/one',
        level: 'internal',
        request: { maxTokens: 50, messages: [{ role: 'system' }, { role: 'user' }] },
      },
    ]);
    expect(JSON.stringify(seen[0]?.request.messages)).toContain('How many?');
    const refused = host.call(
      name,
      { prompt: 'How many?' },
      {
        sample: () => Promise.reject(new HeddleError('budget_exceeded', 'The budget of Ada is used up.')),
      },
    );
    await expect(refused).rejects.toMatchObject({ message: expect.stringContaining('refused: budget_exceeded') });
    await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining('Ada') });
  });

  it('everything: texts, structured content, pictures, resources, progress', async () => {
    const tools = await register('everything', ['stdio']);
    // This tool can only be called as a task.
    expect(tools.filter(({ standing }) => standing !== 'approved')).toMatchObject([
      { tool: 'simulate-research-query', standing: 'refused', reason: expect.stringContaining('as a task only') },
    ]);
    const named = (part: string): string => tools.find(({ name }) => name.includes(part))?.name ?? part;
    expect((await host.call(named('echo'), { message: 'hi' })).text).toContain('hi');
    const structured = await host.call(named('structured'), { location: 'Chicago' });
    expect(structured.value).toMatchObject({ temperature: expect.any(Number) });
    expect((await host.call(named('tiny-image'))).text).toMatch(/\[image image\/png, \d+ bytes, file blob-1\]/);
    const shares: (number | undefined)[] = [];
    await host.host.call(
      named('long-running'),
      { duration: 0.4, steps: 2 },
      {
        signal: new AbortController().signal,
        idempotencyKey: 'k',
        onProgress: ({ share }) => shares.push(share),
      },
    );
    expect(shares.length).toBeGreaterThan(0);
  });

  it('filesystem: reads and writes in its folder, and says what it refuses', async () => {
    writeFileSync(join(folder, 'a.txt'), 'The answer is 42.');
    const tools = await register('filesystem', [folder]);
    const effects = new Map(tools.map(({ name, effects: found }) => [name, found]));
    expect([effects.get('filesystem__read_text_file'), effects.get('filesystem__write_file')?.[0]]).toEqual([
      ['read'],
      'write',
    ]);
    expect((await host.call('filesystem__read_text_file', { path: join(folder, 'a.txt') })).text).toContain('42');
    await host.call('filesystem__write_file', { path: join(folder, 'b.txt'), content: 'new' });
    expect(readFileSync(join(folder, 'b.txt'), 'utf8')).toBe('new');
    await expect(host.call('filesystem__read_text_file', { path: '/etc/hostname' })).rejects.toMatchObject({
      code: 'tool_failed',
    });
  });

  it('memory: keeps what it is given', async () => {
    await register('memory', [], [{ name: 'MEMORY_FILE_PATH', value: join(folder, 'memory.jsonl') }]);
    await host.host.call(
      'memory__create_entities',
      { entities: [{ name: 'Ada', entityType: 'person', observations: ['writes programs'] }] },
      { signal: new AbortController().signal, idempotencyKey: 'k' },
    );
    expect((await host.call('memory__search_nodes', { query: 'Ada' })).text).toContain('writes programs');
  });
});
