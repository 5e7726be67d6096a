/** @jest-environment jsdom */
import { ToolServer, type ToolReply, type ToolServerSummary } from '@heddle/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  alerts,
  button,
  dialogTitle,
  field,
  fill,
  hostileNames,
  openFeaturePage,
  pageText,
  press,
  textsOf,
  tick,
  type FeaturePage,
} from '../session/testing/feature-page.js';
import { ToolServerPage } from './ToolServerPage.js';

const summary: ToolServerSummary = {
  id: 'files',
  title: 'Files',
  clearance: 'internal',
  label: 'internal',
  isLocal: false,
  isEnabled: true,
  kind: 'http',
  place: 'mcp.example.com',
  activity: { state: 'idle', inFlight: 0 },
  tools: {},
};
const stored = ToolServer.parse({
  id: 'files',
  title: 'Files',
  transport: { kind: 'http', url: 'https://mcp.example.com/mcp', headers: [{ name: 'x-team', value: 'a' }] },
});
const tool = (name: string, more: Partial<ToolReply> = {}): ToolReply => ({
  server: 'files',
  name: `files__${name}`,
  tool: name,
  standing: 'new',
  effects: ['read'],
  proposed: ['read'],
  hash: `sha256:${name}`,
  definition: { description: `Does ${name}.` },
  changes: [],
  ...more,
});
const list = 'GET /api/tools/servers/files/tools';

let page: FeaturePage;
beforeEach(() => {
  page = openFeaturePage();
  page.signInAs('owner');
  page.answer('GET /api/tools/servers', { servers: [summary] });
  page.answer('GET /api/tools/servers/files', stored);
  page.answer('GET /api/secrets', { secrets: [], names: [] });
  page.answer(list, { tools: [tool('read')] });
});
afterEach(() => {
  page.leave();
  window.history.replaceState(null, '', '/');
});

const show = (id: string | undefined = 'files'): Promise<void> => page.show(<ToolServerPage id={id} />);

describe('the tools of a server', () => {
  it('say that they load, and what to do when none is known', async () => {
    page.answer(list, { tools: [] });
    const release = page.hold(list);
    await show();
    expect(pageText()).toContain('Loading…');
    await release();
    expect(pageText()).toContain('No tools are known yet. Reload the tools');
  });

  it('are listed with those that need a decision first', async () => {
    page.answer(list, {
      tools: [tool('a', { standing: 'approved' }), tool('b', { standing: 'new' }), tool('c', { standing: 'changed' })],
    });
    await show();
    const names = textsOf('.tool h3');
    expect(names.at(-1)).toBe('a');
    expect(pageText()).toContain('Tools, 1 to approve');
  });

  it.each(hostileNames)('show %s in a description as text', async (_case, description) => {
    page.answer(list, { tools: [tool('read', { definition: { description } })] });
    await show();
    expect(textsOf('.tool-description')).toEqual([description]);
    expect(document.querySelector('.tool img, .tool b')).toBeNull();
  });

  it('say when a server gives no description', async () => {
    page.answer(list, { tools: [tool('read', { definition: {} })] });
    await show();
    expect(textsOf('.tool-description')).toEqual(['The server gives no description.']);
  });

  it('are approved with the definition that was shown and the chosen effects', async () => {
    page.answer('POST /api/tools/servers/files/tools/files__read/approve', tool('read', { standing: 'approved' }));
    await show();
    await press('Approve read');
    expect(page.sent()).toEqual([
      {
        method: 'POST',
        path: '/api/tools/servers/files/tools/files__read/approve',
        body: { hash: 'sha256:read', effects: ['read'] },
      },
    ]);
    expect(page.count(list)).toBe(2);
  });

  it('cannot be approved without an effect', async () => {
    page.answer(list, { tools: [tool('read', { effects: [], proposed: [] })] });
    await show();
    expect(button('Approve read')?.disabled).toBe(true);
    expect(pageText()).toContain('Select at least one effect.');
  });

  it('say that the definition changed since it was read', async () => {
    page.refuse(
      'POST /api/tools/servers/files/tools/files__read/approve',
      ...([409, 'conflict', 'The definition changed since you read it.'] as const),
    );
    await show();
    await press('Approve read');
    expect(alerts().join()).toContain('The definition changed since you read it.');
    expect(button('Approve read')?.disabled).toBe(false);
  });

  it('show what changed, and ask for the approval of the change', async () => {
    page.answer(list, {
      tools: [
        tool('read', {
          standing: 'changed',
          changes: [{ path: 'description', before: 'Reads a file.', after: 'Reads and sends a file.' }],
          approved: { hash: 'sha256:old', definition: {}, by: 'user:ada', at: 1 },
        }),
      ],
    });
    page.answer('POST /api/tools/servers/files/tools/files__read/approve', tool('read', { standing: 'approved' }));
    await show();
    expect(pageText()).toContain('approved by Ada');
    expect(pageText()).toContain('and sends');
    await press('Approve the change of read');
    expect(page.sent()[0]?.body).toEqual({ hash: 'sha256:read', effects: ['read'] });
  });

  it.each([
    ['new', ['Approve read', 'Disable read']],
    ['approved', ['Disable read']],
    ['changed', ['Approve the change of read', 'Disable read']],
    ['disabled', ['Approve read']],
    ['gone', []],
    ['refused', []],
  ] as const)('offer decisions on a tool that is %s', async (standing, names) => {
    page.answer(list, { tools: [tool('read', { standing })] });
    await show();
    const offered = [...document.querySelectorAll('.tool button[aria-label$=" read"]')].map((one) =>
      one.getAttribute('aria-label'),
    );
    expect(offered).toEqual(names);
  });

  it('can be disabled', async () => {
    page.answer('POST /api/tools/servers/files/tools/files__read/disable', tool('read', { standing: 'disabled' }));
    await show();
    await press('Disable read');
    expect(page.sent()).toEqual([
      { method: 'POST', path: '/api/tools/servers/files/tools/files__read/disable', body: undefined },
    ]);
  });

  it('cannot be decided on by a viewer', async () => {
    page.signInAs('viewer');
    await show();
    expect(textsOf('.tool h3')).toEqual(['read']);
    expect([button('Approve read'), button('Disable read'), button('Reload tools'), button('Edit')]).toEqual(
      Array.from({ length: 4 }),
    );
    expect([...document.querySelectorAll<HTMLInputElement>('.tool-effects input')].every((box) => box.disabled)).toBe(
      true,
    );
  });

  it('are approved together after a confirmation that names them', async () => {
    page.answer(list, { tools: [tool('a'), tool('b', { proposed: ['read', 'write'] as never })] });
    page.answer('POST /api/tools/servers/files/tools/files__a/approve', tool('a', { standing: 'approved' }));
    page.answer('POST /api/tools/servers/files/tools/files__b/approve', tool('b', { standing: 'approved' }));
    await show();
    await press('Approve all 2 as described');
    expect(textsOf('.tool-names li')).toEqual(['a read', 'b read, write']);
    expect(page.sent()).toEqual([]);
    await press('Approve all');
    expect(
      page.sent().map(({ path, body }) => [path.split('/').at(-2), (body as { effects: unknown }).effects]),
    ).toEqual([
      ['files__a', ['read']],
      ['files__b', ['read', 'write']],
    ]);
    expect(dialogTitle()).toBeUndefined();
  });
});

describe('a tool server', () => {
  it('that does not exist leads back to the list', async () => {
    page.refuse(list, 404, 'mcp_not_found', 'There is no such server.');
    await show();
    expect(pageText()).toContain('The tool server “files” does not exist.');
    expect(button('Edit')).toBeUndefined();
  });

  it('reloads its tools, and shows why it could not', async () => {
    page.refuse('POST /api/tools/servers/files/refresh', 502, 'mcp_failed', 'The server closed the connection.');
    await show();
    await press('Reload tools');
    expect(page.sent()).toEqual([{ method: 'POST', path: '/api/tools/servers/files/refresh', body: undefined }]);
    expect(alerts()).toHaveLength(1);
    page.answer('POST /api/tools/servers/files/refresh', { tools: [] });
    await press('Reload tools');
    expect(alerts()).toEqual([]);
    expect(page.count(list)).toBe(2);
  });

  it('is removed after a confirmation, and then the list opens', async () => {
    page.answer('DELETE /api/tools/servers/files', {});
    await show();
    await press('Remove files');
    expect(page.sent()).toEqual([]);
    await press('Remove server');
    expect(page.sent()).toEqual([{ method: 'DELETE', path: '/api/tools/servers/files', body: undefined }]);
    expect(window.location.pathname).toBe('/tools');
  });

  it('is changed in a form that keeps its name', async () => {
    page.answer('PUT /api/tools/servers/files', summary);
    page.answer('POST /api/tools/servers/files/refresh', { tools: [] });
    await show();
    await press('Edit');
    expect((field('Name in workflows') as HTMLInputElement).readOnly).toBe(true);
    expect(field('URL')?.value).toBe('https://mcp.example.com/mcp');
    await fill('Title', 'Documents');
    await press('Add a header');
    await fill('Header', 'authorization');
    await fill('Text', 'Bearer ');
    await fill('Secret', 'crm');
    await press('Save and list tools');
    expect(page.sent()[0]).toMatchObject({
      method: 'PUT',
      body: {
        id: 'files',
        title: 'Documents',
        transport: {
          headers: [
            { name: 'x-team', value: 'a' },
            { name: 'authorization', value: 'Bearer ', secret: 'crm' },
          ],
        },
      },
    });
    expect(button('Edit')).toBeDefined();
  });

  it('asks before unsaved changes are lost', async () => {
    await show();
    await press('Edit');
    await fill('Title', 'Documents');
    await press('Cancel');
    expect(dialogTitle()).toBe('Discard the changes to this tool server?');
    await press('Keep editing');
    expect(field('Title')?.value).toBe('Documents');
    await press('Cancel');
    await press('Discard changes');
    expect(button('Edit')).toBeDefined();
    expect(page.sent()).toEqual([]);
  });
});

describe('a new tool server', () => {
  beforeEach(() => page.refuse('POST /api/tools/servers/files/refresh', 502, 'mcp_failed', 'No answer.'));
  const open = (): Promise<void> => page.show(<ToolServerPage id={undefined} />);

  it('is sent from the form, and its page opens even when the server does not answer yet', async () => {
    page.answer('POST /api/tools/servers', summary);
    await open();
    await fill('Name in workflows', ' files ');
    await fill('URL', ' https://mcp.example.com/mcp ');
    await tick('Allow addresses in our network');
    await press('Save and list tools');
    expect(page.sent()[0]).toMatchObject({
      method: 'POST',
      path: '/api/tools/servers',
      body: { id: 'files', transport: { kind: 'http', url: 'https://mcp.example.com/mcp', isInside: true } },
    });
    expect(window.location.pathname).toBe('/tools/files');
  });

  it('can be a command with one argument per line', async () => {
    page.answer('POST /api/tools/servers', summary);
    await open();
    await fill('Name in workflows', 'files');
    await fill('Transport', 'stdio');
    expect(pageText()).toContain('Register only what you trust.');
    await fill('Command', 'npx');
    await fill('Arguments, one per line', '-y\n\n@acme/server\n/srv/my docs');
    await press('Save and list tools');
    expect(page.sent()[0]?.body).toMatchObject({
      transport: { kind: 'stdio', command: 'npx', args: ['-y', '@acme/server', '/srv/my docs'] },
    });
  });

  it.each([
    ['no name', { 'Name in workflows': '', URL: 'https://a.example' }, 'Name in workflows'],
    ['capital letters in its name', { 'Name in workflows': 'Files', URL: 'https://a.example' }, 'Name in workflows'],
    ['no address', { 'Name in workflows': 'files', URL: '' }, 'URL'],
    ['a malformed address', { 'Name in workflows': 'files', URL: 'somewhere' }, 'URL'],
    ['a very long title', { 'Name in workflows': 'files', URL: 'https://a.example', Title: 'x'.repeat(201) }, 'Title'],
  ])('is not sent with %s', async (_case, fields: Readonly<Record<string, string>>, wrong) => {
    await open();
    for (const [name, value] of Object.entries(fields)) await fill(name, value);
    await press('Save and list tools');
    expect(page.sent()).toEqual([]);
    expect(field(wrong)?.getAttribute('aria-invalid')).toBe('true');
    expect(pageText()).toContain('Some fields have errors.');
  });

  it('keeps the form when the name is taken', async () => {
    page.refuse('POST /api/tools/servers', 409, 'conflict', 'A server named files exists.');
    await open();
    await fill('Name in workflows', 'files');
    await fill('URL', 'https://mcp.example.com/mcp');
    await press('Save and list tools');
    expect(alerts().join()).toContain('A server named files exists.');
    expect(field('URL')?.value).toBe('https://mcp.example.com/mcp');
  });

  it('leads to the list of servers when a sign-in is needed first', async () => {
    page.answer('POST /api/tools/servers', { ...summary, signIn: { isNeeded: true } });
    await open();
    await fill('Name in workflows', 'files');
    await fill('URL', 'https://mcp.example.com/mcp');
    await tick('Sign in with OAuth');
    await fill('Client id', 'heddle');
    await press('Save and list tools');
    expect(page.sent()).toHaveLength(1);
    expect(page.sent()[0]?.body).toMatchObject({ transport: { oauth: { clientId: 'heddle' } } });
    expect(window.location.pathname).toBe('/tools');
  });

  it('cannot be registered by an editor', async () => {
    page.signInAs('editor');
    await open();
    expect(button('Save and list tools')).toBeUndefined();
    expect(pageText()).toContain('Read-only.');
  });
});
