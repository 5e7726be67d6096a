import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { definition } from './__fixtures__/fault-server.js';
import { openHost } from './__fixtures__/open-host.js';
import { isLookalike } from './tool-names.js';

describe('the registry of tools', () => {
  let place: ReturnType<typeof openHost>;
  beforeEach(() => {
    place = openHost();
    for (const id of ['files', 'other'])
      place.register({ id, transport: { kind: 'http', url: 'https://tools.example/mcp' } });
  });
  afterEach(() => place.close());
  const standing = (name: string): string => place.registry.tool(name).standing;
  const approve = (name: string): void =>
    place.registry.approve(name, { hash: place.registry.tool(name).hash, by: 'ada', effects: ['read'] });

  it.each([
    ['name', { name: 'Read' }],
    ['title', { title: 'Another' }],
    ['description', { description: 'Another.' }],
    ['arguments', { inputSchema: { type: 'object' } }],
    ['result', { outputSchema: { type: 'object' } }],
    ['annotations', { annotations: { readOnlyHint: true } }],
    ['what nobody knows', { _meta: { hidden: 'x' } }],
  ])('approves a definition as a whole: a change of its %s is another one', (_what, more) => {
    place.registry.see('files', [definition('read')]);
    approve('files__read');
    place.registry.see('files', [definition('read', more)]);
    expect(standing('files__read')).not.toBe('approved');
    place.registry.see('files', [definition('read')]);
    expect(standing('files__read')).toBe('approved');
  });

  it('does not mind the order in which a server writes', () => {
    place.registry.see('files', [{ name: 'read', description: 'x', inputSchema: { type: 'object', properties: {} } }]);
    approve('files__read');
    place.registry.see('files', [{ inputSchema: { properties: {}, type: 'object' }, description: 'x', name: 'read' }]);
    expect(standing('files__read')).toBe('approved');
  });

  it('proposes effects from annotations with suspicion', () => {
    const proposed = (annotations: object): readonly string[] => {
      place.registry.see('files', [definition('read', { annotations })]);
      return place.registry.tool('files__read').proposed;
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
    place.registry.see('files', [definition(name)]);
    const [tool] = place.registry.tools('files');
    expect(tool).toMatchObject({ standing: 'refused', reason: expect.any(String) });
    expect(() =>
      place.registry.approve(tool?.name ?? '', { hash: tool?.hash ?? '', by: 'ada', effects: ['read'] }),
    ).toThrow('cannot be approved');
  });

  it('refuses a tool that is named like another: one name for two, looks alone, or what was approved elsewhere', () => {
    place.registry.see('files', [definition('a.b'), definition('a_b'), definition('list'), definition('1ist')]);
    expect(place.registry.tools('files').map((tool) => tool.standing)).toEqual(Array(4).fill('refused'));
    place.registry.see('files', [definition('delete_all')]);
    approve('files__delete_all');
    // Alone at its server: what it imitates is the other's.
    place.registry.see('other', [definition('de1ete_all')]);
    expect([standing('other__de1ete_all'), standing('files__delete_all')]).toEqual(['refused', 'approved']);
    expect(place.registry.tools('other')[0]?.reason).toContain("looks like 'delete_all' of the server 'files'");
  });

  it('lets two servers have a tool of the same name, each under its own', () => {
    place.registry.see('files', [definition('search')]);
    place.registry.see('other', [definition('search')]);
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
    place.registry.see(
      'files',
      Object.entries(bad).map(([name, more]) => definition(name, more)),
    );
    expect(place.registry.tools('files').map(({ tool, standing: where }) => [tool, where])).toEqual(
      Object.keys(bad)
        .sort()
        .map((name) => [name, 'refused']),
    );
  });

  it('remembers an approval of a tool that went away, and forgets what nobody approved', () => {
    place.registry.see('files', [definition('read'), definition('write')]);
    approve('files__read');
    expect(place.registry.changes('files', [])).toEqual([
      { name: 'read', change: 'gone' },
      { name: 'write', change: 'gone' },
    ]);
    place.registry.see('files', []);
    expect(place.registry.tools('files').map(({ tool, standing: where }) => [tool, where])).toEqual([['read', 'gone']]);
    place.registry.see('files', [definition('read')]);
    expect(standing('files__read')).toBe('approved');
  });

  it('switches a tool off until it is approved again, and forgets a server with all of it', () => {
    place.registry.see('files', [definition('read')]);
    approve('files__read');
    place.registry.disable('files__read');
    expect(standing('files__read')).toBe('disabled');
    approve('files__read');
    expect(standing('files__read')).toBe('approved');
    place.registry.forgetApprovals('files');
    expect(standing('files__read')).toBe('new');
    place.registry.remove('files');
    expect(place.registry.tools()).toEqual([]);
    expect(() => place.registry.remove('files')).toThrow('does not exist');
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
