import { KeyScopes, localPrincipal } from '@heddle/core';
import { resumeRun, startRun } from '@heddle/engine';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { until } from '../channels/testing/open-published.js';
import { fileName } from '../files/file-name.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { declaredTypes, polyglots, uploadNames } from './testing/upload-corpus.js';

/** Takes a file and a list of files, and returns them. */
const document = {
  heddle: 2,
  name: 'Files',
  nodes: {
    given: {
      type: 'input',
      version: 1,
      config: {
        fields: [
          { name: 'file', type: 'File' },
          { name: 'talk', type: 'Json', required: false },
        ],
      },
    },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'file', type: 'File' }] } },
  },
  edges: [{ from: 'given.file', to: 'reply.file' }],
};

interface Stored {
  readonly id: string;
  readonly name: string;
  readonly mediaType: string;
}

describe('uploads', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({
      withStoredJournal: true,
      withStandardNodes: true,
      engine: { startRun, resumeRun },
    });
    await server.heddle.workflows.create(document, 'files');
    await server.heddle.publishing.versions.publish('files', { acceptDataMap: true }, localPrincipal);
  });
  afterAll(() => server.close());

  /** Writes multipart by hand, so that names and types are exactly these. */
  async function send(path: string, field: string, name: string, type: string, content: Uint8Array) {
    const boundary = 'edge-of-a-part';
    const quoted = name.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
    const head = `--${boundary}\r\ncontent-disposition: form-data; name="${field}"; filename="${quoted}"\r\ncontent-type: ${type}\r\n\r\n`;
    const body = Buffer.concat([Buffer.from(head), content, Buffer.from(`\r\n--${boundary}--\r\n`)]);
    const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
    const reply = await fetch(`${server.address}${path}`, { method: 'POST', headers, body });
    const text = await reply.text();
    return { status: reply.status, text };
  }
  const channels: readonly (readonly [string, (name: string, type: string, content: Uint8Array) => Promise<Stored>])[] =
    [
      [
        'POST /api/files',
        async (name, type, content) => {
          const { status, text } = await send('/api/files', 'file', name, type, content);
          expect([name, status]).toEqual([name, 201]);
          return JSON.parse(text) as Stored;
        },
      ],
      [
        'the multipart of a published workflow',
        async (name, type, content) => {
          const { status, text } = await send('/v1/workflows/files', 'file', name, type, content);
          expect([name, status]).toEqual([name, 200]);
          return (JSON.parse(text) as { outputs: { file: Stored } }).outputs.file;
        },
      ],
    ];

  it.each(channels)(
    'get their type from their bytes at %s, whatever is declared',
    async (_channel, upload) => {
      for (const [what, content, expected] of polyglots) {
        const types = new Set<string>();
        for (const type of declaredTypes) types.add((await upload('a.bin', type, content)).mediaType);
        expect([what, [...types]]).toEqual([what, [expected]]);
      }
    },
    60_000,
  );

  it.each(channels)('get a displayable name at %s', async (_channel, upload) => {
    for (const name of uploadNames) {
      // A line end in a header would begin another header or break the part.
      if (/[\r\n\0]/.test(name)) continue;
      const stored = await upload(name, 'text/plain', Buffer.from('text'));
      expect([name, stored.name]).toEqual([name, fileName(stored.name)]);
      expect(stored.name).not.toMatch(/[\\/\p{Cc}\p{Cf}]/u);
      expect(stored.name.length).toBeGreaterThan(0);
    }
  });

  it('are returned as attachments without a type, and without the name from the upload', async () => {
    for (const [what, content] of polyglots) {
      const { text } = await send('/api/files', 'file', 'a.html', 'text/html', content);
      const reply = await fetch(`${server.address}/api/files/${(JSON.parse(text) as Stored).id}`);
      expect([
        what,
        reply.status,
        reply.headers.get('content-type'),
        reply.headers.get('content-disposition'),
        reply.headers.get('x-content-type-options'),
      ]).toEqual([what, 200, 'application/octet-stream', 'attachment', 'nosniff']);
      expect(Buffer.from(await reply.arrayBuffer()).equals(content)).toBe(true);
    }
  });

  it('are refused when they break off, repeat themselves or have no end, and the server goes on', async () => {
    const multipart = (body: string, boundary = 'b') =>
      server.call('POST', '/api/files', body, { 'content-type': `multipart/form-data; boundary=${boundary}` });
    for (const body of [
      '',
      '--b',
      '--b\r\n',
      '--b--',
      '--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nhalf',
      '--b\r\ncontent-disposition: form-data\r\n\r\nx\r\n--b--',
      `--b\r\n${'x: y\r\n'.repeat(500)}\r\n--b--`,
      '--b\r\ncontent-disposition: form-data; name="__proto__"; filename="a"\r\n\r\nx\r\n--b--\r\n'.repeat(3),
    ])
      expect((await multipart(body)).status).toBeLessThan(500);
    expect((await multipart('x', 'x'.repeat(300))).status).toBeLessThan(500);
    const noBoundary = { 'content-type': 'multipart/form-data' };
    expect((await server.call('POST', '/api/files', 'x', noBoundary)).status).toBeLessThan(500);
    expect((await server.call('GET', '/api/health')).status).toBe(200);
  });

  it('leave nothing when their sender disconnects in the middle', async () => {
    const drafts = (): readonly string[] => readdirSync(join(server.heddle.settings.dataFolder, 'blobs', 'drafts'));
    const { hostname, port } = new URL(server.address);
    for (const path of ['/api/files', '/v1/workflows/files']) {
      const socket = connect(Number(port), hostname);
      const head = `POST ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 9000000\r\n\r\n`;
      const part = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n';
      socket.write(head + part + 'x'.repeat(500_000));
      await until(() => (drafts().length === 1 ? true : undefined));
      socket.destroy();
      await until(() => (drafts().length === 0 ? true : undefined));
    }
    expect((await server.call('GET', '/api/health')).status).toBe(200);
  });

  it('cannot be named in another project: by route, by input, or in a message', async () => {
    const { users, projects, keys } = server.heddle.parts.identity;
    const secret = await channels[0]?.[1]('secret.txt', 'text/plain', Buffer.from('a secret of the first project'));
    const other = await projects.create('Other');
    const eve = await users.create({ email: 'eve@example.org', name: 'Eve' });
    await projects.setRoles(other.id, `user:${eve.id}`, ['owner']);
    const workflow = await server.heddle.workflows.create(document, 'theirs');
    server.heddle.ownership.assign('workflow', workflow.id, other.id);
    await server.heddle.publishing.versions.publish('theirs', { acceptDataMap: true }, localPrincipal);
    const scopes = KeyScopes.parse({ permissions: ['run:published', 'run:read', 'file:read', 'file:write'] });
    const made = await keys.create({ name: 'k', project: other.id, owner: `user:${eve.id}`, scopes });
    const headers = { authorization: `Bearer ${made.secret}` };
    const read = await server.call('GET', `/api/files/${secret?.id}`, undefined, headers);
    expect(read.status).toBe(404);
    const asked = await server.call('POST', '/v1/workflows/theirs', { file: secret }, headers);
    expect([asked.status, asked.body.code]).toEqual([404, 'file_not_found']);
    // An upload of the other project is its own, even with the same content.
    const form = new FormData();
    form.append('file', new Blob(['a secret of the first project']), 'own.txt');
    const own = await fetch(`${server.address}/v1/workflows/theirs`, { method: 'POST', headers, body: form });
    expect(own.status).toBe(200);
    expect((await server.call('GET', `/api/files/${secret?.id}`, undefined, headers)).status).toBe(200);
  });
});

describe('fileName', () => {
  it('removes paths, invisible characters and characters that reverse text', () => {
    for (const name of uploadNames) {
      const clean = fileName(name);
      expect(clean).toBe(fileName(clean));
      expect(clean).not.toMatch(/[\\/\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      expect(['', '.', '..']).not.toContain(clean);
      expect(Array.from(clean).length).toBeLessThanOrEqual(200);
    }
    expect(fileName('invoice\u202Efdp.exe')).toBe('invoicefdp.exe');
    expect(fileName('../../etc/passwd')).toBe('passwd');
    expect(fileName('a %22b%22%0D%0A 100%25.txt')).toBe('a "b" 100%25.txt');
    expect(fileName('C:\\Users\\a\\Übersicht.pdf')).toBe('Übersicht.pdf');
    expect(fileName(`${'a'.repeat(500)}.pdf`)).toMatch(/^a{196}\.pdf$/);
  });
});
