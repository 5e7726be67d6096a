import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KeyScopes, localPrincipal, type WorkflowDocument } from '@heddle/core';
import type { TestServer } from '../../testing/test-server.js';
import { openPublished } from '../testing/open-published.js';

/** A picture of one pixel. */
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const talk: WorkflowDocument = {
  heddle: 2,
  name: 'Talk',
  nodes: {
    asked: { type: 'input', version: 1, config: { fields: [{ name: 'messages', type: 'Messages' }] } },
    say: { type: 'prompt', version: 1, config: { template: 'Thanks, {{ who }}.' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [
    { from: 'asked.messages', to: 'say.who' },
    { from: 'say.text', to: 'reply.answer' },
  ],
};

describe('pictures in a chat request', () => {
  let server: TestServer;
  const stored: string[] = [];
  let bearer: (scopes: unknown) => Promise<Record<string, string>>;
  beforeAll(async () => {
    server = await openPublished({ settings: { HEDDLE_SIGN_IN: 'required' } });
    await server.heddle.workflows.create(talk, 'talk');
    await server.heddle.publishing.versions.publish('talk', { acceptDataMap: true }, localPrincipal);
    const { users, projects, keys } = server.heddle.parts.identity;
    const user = await users.create({ email: 'ada@example.org', name: 'Ada' });
    await projects.setRoles('default', `user:${user.id}`, ['owner']);
    bearer = async (scopes) => {
      const given = { name: 'k', owner: `user:${user.id}`, project: 'default', scopes: KeyScopes.parse(scopes) };
      return { authorization: `Bearer ${(await keys.create(given)).secret}` };
    };
    const { blobs } = server.heddle.parts;
    const put = blobs.put.bind(blobs);
    blobs.put = (content, about) => {
      stored.push(about.mediaType);
      return put(content, about);
    };
  });
  afterAll(() => server.close());

  const ask = async (model: string, url: string, scopes: unknown = {}) =>
    server.call(
      'POST',
      '/v1/chat/completions',
      { model, messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }] },
      await bearer(scopes),
    );

  it('are stored for a caller with the right', async () => {
    await ask('talk', `data:image/png;base64,${png}`);
    expect(stored.splice(0)).toEqual(['image/png']);
  });

  it('may be written in each form that clients use', async () => {
    for (const type of ['image/jpg', 'image/PNG', 'image/png;name=a.png'])
      expect((await ask('talk', `data:${type};base64,${png}`)).status).toBe(200);
    expect(stored.splice(0)).toEqual(['image/png', 'image/png', 'image/png']);
  });

  it('are not stored for a key without the right, for a key of another workflow, or for an unknown model', async () => {
    const url = `data:image/png;base64,${png}`;
    const replies = [
      await ask('talk', url, { permissions: [] }),
      await ask('talk', url, { workflows: ['echo'] }),
      await ask('none', url),
      await ask('none', url, { permissions: [] }),
      await ask('a-connection/model', url, { permissions: [] }),
    ];
    for (const { status } of replies) expect(status).toBeGreaterThanOrEqual(400);
    expect(stored.splice(0)).toEqual([]);
  });

  it.each([
    ['a page', `data:image/png;base64,${Buffer.from('<html><script>hit()</script>').toString('base64')}`],
    ['nothing', 'data:image/png;base64,AAAA'],
    ['an address', 'http://169.254.169.254/latest/meta-data'],
    ['a file', 'file:///etc/passwd'],
    ['a drawing', `data:image/svg+xml;base64,${Buffer.from('<svg/>').toString('base64')}`],
  ])('are checked by their bytes, and must come inside the request: %s is refused', async (_what, url) => {
    const { status, body } = await ask('talk', url);
    expect([status, body.error.code]).toEqual([400, 'bad_request']);
    expect(stored.splice(0)).toEqual([]);
  });
});
