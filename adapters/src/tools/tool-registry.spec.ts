import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { HeddleError, ToolServer, type Tables } from '@heddle/core';
import type { TablesSubject } from '@heddle/core/testing';
import { bothDatabases, type TestedDatabase } from '../testing/both-databases.js';
import { definition } from './__fixtures__/fault-server.js';
import { registrySteps, type RegistrySteps } from './__fixtures__/registry-steps.js';
import { isLookalike } from './tool-names.js';

/** A process with cached tools checks once per tick whether another process wrote. */
const nextTick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

describe.each(bothDatabases)('the registry of tools in %s', (_name, open) => {
  let database: TestedDatabase;
  let subject: TablesSubject;
  let host: RegistrySteps;
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    subject = await database.reset();
    host = registrySteps(subject.one);
    for (const id of ['files', 'other'])
      await host.register({ id, transport: { kind: 'http', url: 'https://tools.example/mcp' } });
  });
  const standing = async (name: string): Promise<string> => (await host.tool(name)).standing;
  const approve = (name: string): Promise<void> => host.approve(name);

  it.each([
    ['name', { name: 'Read' }],
    ['title', { title: 'Another' }],
    ['description', { description: 'Another.' }],
    ['arguments', { inputSchema: { type: 'object' } }],
    ['result', { outputSchema: { type: 'object' } }],
    ['annotations', { annotations: { readOnlyHint: true } }],
    ['what nobody knows', { _meta: { hidden: 'x' } }],
  ])('approves a definition as a whole: a change of its %s needs a new approval', async (_what, more) => {
    await host.see('files', [definition('read')]);
    await approve('files__read');
    await host.see('files', [definition('read', more)]);
    expect(await standing('files__read')).not.toBe('approved');
    await host.see('files', [definition('read')]);
    expect(await standing('files__read')).toBe('approved');
  });

  it('ignores the order in which a server writes fields', async () => {
    await host.see('files', [{ name: 'read', description: 'x', inputSchema: { type: 'object', properties: {} } }]);
    await approve('files__read');
    await host.see('files', [{ inputSchema: { properties: {}, type: 'object' }, description: 'x', name: 'read' }]);
    expect(await standing('files__read')).toBe('approved');
  });

  it('proposes effects from annotations, and distrusts them', async () => {
    const proposed = async (annotations: object): Promise<readonly string[]> => {
      await host.see('files', [definition('read', { annotations })]);
      return (await host.tool('files__read')).proposed;
    };
    expect(await proposed({ readOnlyHint: true })).toEqual(['read']);
    expect(await proposed({})).toEqual(['write', 'send']);
    expect(await proposed({ destructiveHint: false, openWorldHint: false })).toEqual(['write']);
    expect(await proposed({ readOnlyHint: 'true' })).toEqual(['write', 'send']);
  });

  it.each([
    ['Cyrillic letters', 'reаd'],
    ['a space', 'read me'],
    ['signs of other scripts', 'read→'],
    ['no end', 'x'.repeat(80)],
    ['the name of another server', 'other__read'],
  ])('refuses a name with %s', async (_what, name) => {
    await host.see('files', [definition(name)]);
    const [tool] = await host.tools('files');
    expect(tool).toMatchObject({ standing: 'refused', reason: expect.any(String) });
    await expect(host.approve(tool?.name ?? '')).rejects.toThrow('cannot be approved');
  });

  it('refuses a tool with the name of another: equal, similar, or approved elsewhere', async () => {
    await host.see('files', [definition('a.b'), definition('a_b'), definition('list'), definition('1ist')]);
    expect((await host.tools('files')).map((tool) => tool.standing)).toEqual(Array(4).fill('refused'));
    await host.see('files', [definition('delete_all')]);
    await approve('files__delete_all');
    // Its server has only this tool: it imitates a tool of another server.
    await host.see('other', [definition('de1ete_all')]);
    expect([await standing('other__de1ete_all'), await standing('files__delete_all')]).toEqual(['refused', 'approved']);
    expect((await host.tools('other'))[0]?.reason).toContain("looks like 'delete_all' of the server 'files'");
  });

  it('lets two servers have a tool of the same name, each under its own name', async () => {
    await host.see('files', [definition('search')]);
    await host.see('other', [definition('search')]);
    await approve('files__search');
    await approve('other__search');
    expect([await standing('files__search'), await standing('other__search')]).toEqual(['approved', 'approved']);
  });

  it('refuses definitions that hide something, are not an object, or are too large', async () => {
    const bad = {
      hidden: { description: 'Reads.\u{e0049}\u{e0067}' },
      zero: { description: 'Re\u200bads.' },
      long: { description: 'x'.repeat(9_000) },
      large: { inputSchema: { type: 'object', description: 'x'.repeat(70_000) } },
      list: { inputSchema: { type: 'array' } },
    };
    await host.see(
      'files',
      Object.entries(bad).map(([name, more]) => definition(name, more)),
    );
    expect((await host.tools('files')).map(({ tool, standing: where }) => [tool, where])).toEqual(
      Object.keys(bad)
        .sort()
        .map((name) => [name, 'refused']),
    );
  });

  it('refuses a tool that can only be called as a task, and accepts one that may be', async () => {
    const support = (taskSupport: unknown) => ({ execution: { taskSupport } });
    const tools = {
      must: support('required'),
      may: support('optional'),
      never: support('forbidden'),
      odd: { execution: 'required' },
    };
    await host.see(
      'files',
      Object.entries(tools).map(([name, more]) => definition(name, more)),
    );
    expect((await host.tools('files')).map(({ tool, standing: where }) => [tool, where])).toEqual([
      ['may', 'new'],
      ['must', 'refused'],
      ['never', 'new'],
      ['odd', 'new'],
    ]);
    expect((await host.tool('files__must')).reason).toContain('as a task only');
  });

  it('keeps the approval of a tool that went away, and removes tools without approval', async () => {
    await host.see('files', [definition('read'), definition('write')]);
    await approve('files__read');
    expect(await host.changes('files', [])).toEqual([
      { name: 'read', change: 'gone' },
      { name: 'write', change: 'gone' },
    ]);
    await host.see('files', []);
    expect((await host.tools('files')).map(({ tool, standing: where }) => [tool, where])).toEqual([['read', 'gone']]);
    await host.see('files', [definition('read')]);
    expect(await standing('files__read')).toBe('approved');
  });

  it('switches a tool off until it is approved again, and deletes a server with everything about it', async () => {
    await host.see('files', [definition('read')]);
    await approve('files__read');
    await host.disable('files__read');
    expect(await standing('files__read')).toBe('disabled');
    await approve('files__read');
    expect(await standing('files__read')).toBe('approved');
    await host.forgetApprovals('files');
    expect(await standing('files__read')).toBe('new');
    await host.remove('files');
    expect(await host.tools()).toEqual([]);
    await expect(host.remove('files')).rejects.toThrow('does not exist');
  });

  it('shows each process the changes of the other, and checks each change against the state at its commit', async () => {
    const other = registrySteps(subject.other);
    await host.see('files', [definition('list')]);
    await nextTick();
    expect(await other.tool('files__list')).toEqual(await host.tool('files__list'));
    // Each of the two adds a third server when there is none yet.
    const third = ({ registry }: RegistrySteps, tables: Tables, id: string): Promise<void> =>
      registry.change(
        ({ servers }, write) => {
          if (servers.length > 2) throw new HeddleError('conflict', 'There are three.');
          const transport = { kind: 'http', url: 'https://tools.example/mcp' };
          return write.save(ToolServer.parse({ id, transport }));
        },
        (writes) => tables.commit(writes),
      );
    const settled = await Promise.allSettled([third(host, subject.one, 'a'), third(other, subject.other, 'b')]);
    expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(settled.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { message: 'There are three.' },
    });
    await nextTick();
    expect((await host.registry.view()).servers).toHaveLength(3);
  });

  it('keeps concurrent changes of different servers, and nothing of a server that was removed meanwhile', async () => {
    const other = registrySteps(subject.other);
    await Promise.all([host.see('files', [definition('read')]), other.see('other', [definition('write')])]);
    await nextTick();
    expect((await host.tools()).map(({ name }) => name)).toEqual(['files__read', 'other__write']);
    await Promise.all([host.remove('files'), other.see('files', [definition('late')])]);
    await nextTick();
    expect((await host.tools()).map(({ name }) => name)).toEqual(['other__write']);
  });

  it('recognises servers with similar names', () => {
    expect(['g1thub', 'git-hub', 'glthub', 'gitlab'].map((id) => isLookalike('github', id))).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(isLookalike('files', 'fi1es')).toBe(true);
  });
});
