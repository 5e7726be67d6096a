import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { definition } from './__fixtures__/fault-server.js';
import { openHost } from './__fixtures__/open-host.js';
import { isLookalike } from './tool-names.js';

describe('the registry of tools', () => {
  let host: ReturnType<typeof openHost>;
  beforeEach(() => {
    host = openHost();
    for (const id of ['files', 'other'])
      host.register({ id, transport: { kind: 'http', url: 'https://tools.example/mcp' } });
  });
  afterEach(() => host.close());
  const standing = (name: string): string => host.registry.tool(name).standing;
  const approve = (name: string): void =>
    host.registry.approve(name, { hash: host.registry.tool(name).hash, by: 'ada', effects: ['read'] });

  it.each([
    ['name', { name: 'Read' }],
    ['title', { title: 'Another' }],
    ['description', { description: 'Another.' }],
    ['arguments', { inputSchema: { type: 'object' } }],
    ['result', { outputSchema: { type: 'object' } }],
    ['annotations', { annotations: { readOnlyHint: true } }],
    ['what nobody knows', { _meta: { hidden: 'x' } }],
  ])('approves a definition as a whole: a change of its %s is another one', (_what, more) => {
    host.registry.see('files', [definition('read')]);
    approve('files__read');
    host.registry.see('files', [definition('read', more)]);
    expect(standing('files__read')).not.toBe('approved');
    host.registry.see('files', [definition('read')]);
    expect(standing('files__read')).toBe('approved');
  });

  it('does not mind the order in which a server writes', () => {
    host.registry.see('files', [{ name: 'read', description: 'x', inputSchema: { type: 'object', properties: {} } }]);
    approve('files__read');
    host.registry.see('files', [{ inputSchema: { properties: {}, type: 'object' }, description: 'x', name: 'read' }]);
    expect(standing('files__read')).toBe('approved');
  });

  it('proposes effects from annotations with suspicion', () => {
    const proposed = (annotations: object): readonly string[] => {
      host.registry.see('files', [definition('read', { annotations })]);
      return host.registry.tool('files__read').proposed;
    };
    expect(proposed({ readOnlyHint: true })).toEqual(['read']);
    expect(proposed({})).toEqual(['write', 'send']);
    expect(proposed({ destructiveHint: false, openWorldHint: false })).toEqual(['write']);
    expect(proposed({ readOnlyHint: 'true' })).toEqual(['write', 'send']);
  });

  it.each([
    ['Cyrillic letters', 'reаd'],
    ['a space', 'read me'],
    ['signs of other scripts', 'read→'],
    ['no end', 'x'.repeat(80)],
    ['the name of another server', 'other__read'],
  ])('refuses a name with %s', (_what, name) => {
    host.registry.see('files', [definition(name)]);
    const [tool] = host.registry.tools('files');
    expect(tool).toMatchObject({ standing: 'refused', reason: expect.any(String) });
    expect(() =>
      host.registry.approve(tool?.name ?? '', { hash: tool?.hash ?? '', by: 'ada', effects: ['read'] }),
    ).toThrow('cannot be approved');
  });

  it('refuses a tool that is named like another: one name for two, looks alike, or what was approved elsewhere', () => {
    host.registry.see('files', [definition('a.b'), definition('a_b'), definition('list'), definition('1ist')]);
    expect(host.registry.tools('files').map((tool) => tool.standing)).toEqual(Array(4).fill('refused'));
    host.registry.see('files', [definition('delete_all')]);
    approve('files__delete_all');
    // Alone at its server: what it imitates is the other's.
    host.registry.see('other', [definition('de1ete_all')]);
    expect([standing('other__de1ete_all'), standing('files__delete_all')]).toEqual(['refused', 'approved']);
    expect(host.registry.tools('other')[0]?.reason).toContain("looks like 'delete_all' of the server 'files'");
  });

  it('lets two servers have a tool of the same name, each under its own', () => {
    host.registry.see('files', [definition('search')]);
    host.registry.see('other', [definition('search')]);
    approve('files__search');
    approve('other__search');
    expect([standing('files__search'), standing('other__search')]).toEqual(['approved', 'approved']);
  });

  it('refuses definitions that hide something, are no object, or have no end', () => {
    const bad = {
      hidden: { description: 'Reads.\u{e0049}\u{e0067}' },
      zero: { description: 'Re\u200bads.' },
      long: { description: 'x'.repeat(9_000) },
      large: { inputSchema: { type: 'object', description: 'x'.repeat(70_000) } },
      list: { inputSchema: { type: 'array' } },
    };
    host.registry.see(
      'files',
      Object.entries(bad).map(([name, more]) => definition(name, more)),
    );
    expect(host.registry.tools('files').map(({ tool, standing: where }) => [tool, where])).toEqual(
      Object.keys(bad)
        .sort()
        .map((name) => [name, 'refused']),
    );
  });

  it('remembers an approval of a tool that went away, and forgets what nobody approved', () => {
    host.registry.see('files', [definition('read'), definition('write')]);
    approve('files__read');
    expect(host.registry.changes('files', [])).toEqual([
      { name: 'read', change: 'gone' },
      { name: 'write', change: 'gone' },
    ]);
    host.registry.see('files', []);
    expect(host.registry.tools('files').map(({ tool, standing: where }) => [tool, where])).toEqual([['read', 'gone']]);
    host.registry.see('files', [definition('read')]);
    expect(standing('files__read')).toBe('approved');
  });

  it('switches a tool off until it is approved again, and forgets a server with all of it', () => {
    host.registry.see('files', [definition('read')]);
    approve('files__read');
    host.registry.disable('files__read');
    expect(standing('files__read')).toBe('disabled');
    approve('files__read');
    expect(standing('files__read')).toBe('approved');
    host.registry.forgetApprovals('files');
    expect(standing('files__read')).toBe('new');
    host.registry.remove('files');
    expect(host.registry.tools()).toEqual([]);
    expect(() => host.registry.remove('files')).toThrow('does not exist');
  });

  it('knows servers that would be taken for each other', () => {
    expect(['g1thub', 'git-hub', 'glthub', 'gitlab'].map((id) => isLookalike('github', id))).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(isLookalike('files', 'fi1es')).toBe(true);
  });
});
