import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { localPrincipal, ShareConfig, type WorkflowDocument } from '@heddle/core';
import { createFakeClock, type FakeClock } from '@heddle/core/testing';
import { request } from 'node:http';
import type { TestServer } from '../../testing/test-server.js';
import { openPublished } from '../testing/open-published.js';

const keep: WorkflowDocument = {
  heddle: 2,
  name: 'Keep',
  nodes: {
    asked: {
      type: 'input',
      version: 1,
      config: {
        fields: [
          { name: 'papers', type: 'File[]', required: false },
          { name: 'word', type: 'Text', required: false },
        ],
      },
    },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'files', type: 'Json' }] } },
  },
  edges: [{ from: 'asked.papers', to: 'reply.files' }],
};
const day = 86_400_000;

/** Every request comes through a trusted proxy here, so that a test can choose the address of each user. */
describe('what anonymous users of a link upload', () => {
  let server: TestServer;
  let clock: FakeClock;
  let token: string;
  let id: string;
  beforeEach(async () => {
    clock = createFakeClock(20_000 * day + day / 2);
    server = await openPublished({ clock, settings: { HEDDLE_TRUST_PROXY: '127.0.0.1' } });
    await server.heddle.workflows.create(keep, 'keep');
    await server.heddle.publishing.versions.publish('keep', { acceptDataMap: true }, localPrincipal);
    const config = ShareConfig.parse({ name: 'Keep', uploadBytesPerDay: 10_000, uploadBytesPerUser: 6_000 });
    ({ token, id } = await server.heddle.channels.shares.create('keep', config, localPrincipal));
  });
  afterEach(() => server.close());

  let attempt = 0;
  /** Each request has another session, as an anonymous user can invent them. */
  const headersOf = (ip: string): Record<string, string> => ({
    'heddle-session': `session-of-visitor-${(attempt += 1)}`,
    'x-forwarded-for': ip,
  });
  async function send(bytes: number, ip = '198.51.100.7', field = 'papers', files = 1) {
    const body = new FormData();
    for (let file = 0; file < files; file += 1)
      body.append(field, new File(['x'.repeat(bytes)], `${attempt}-${file}.txt`));
    const reply = await fetch(`${server.address}/v1/share/${token}/runs`, {
      method: 'POST',
      headers: headersOf(ip),
      body,
    });
    const text = await reply.text();
    return { status: reply.status, text, wait: Number(reply.headers.get('retry-after')) };
  }
  const share = async () => (await server.heddle.channels.shares.list('keep'))[0];

  it('has a daily budget for each user, whatever session they invent, and the owner sees the amount sent', async () => {
    expect((await share())?.uploadedToday).toBe(0);
    expect((await send(3_000)).status).toBe(200);
    expect((await share())?.uploadedToday).toBe(3_000);
    const refused = await send(3_000);
    expect([refused.status, refused.wait]).toEqual([429, day / 2 / 1_000]);
    expect(refused.text).toContain('"code":"upload_budget_spent"');
    expect((await send(3_000, '203.0.113.9')).status).toBe(200);
    expect((await share())?.uploadedToday).toBe(6_000);
  });

  it('has a daily budget for all together, which resets at midnight UTC', async () => {
    for (const ip of ['203.0.113.1', '203.0.113.2']) expect((await send(4_500, ip)).status).toBe(200);
    expect((await send(2_000, '203.0.113.3')).status).toBe(429);
    await clock.advance(day / 2);
    expect((await share())?.uploadedToday).toBe(0);
    expect((await send(4_500, '203.0.113.3')).status).toBe(200);
  });

  it('is too large when it exceeds the daily budget, and the page shows how large a file may be', async () => {
    expect((await server.call('GET', `/v1/share/${token}`)).body.maxFileBytes).toBe(6_000);
    const refused = await send(7_000);
    expect([refused.status, refused.text]).toEqual([413, expect.stringContaining('payload_too_large')]);
    expect((await share())?.uploadedToday).toBe(0);
  });

  it('never exceeds the budget with many uploads at once', async () => {
    const all = await Promise.all(Array.from({ length: 12 }, (_none, index) => send(2_000, `203.0.113.${index + 1}`)));
    const passed = all.filter(({ status }) => status === 200).length;
    expect(passed).toBeGreaterThan(0);
    expect(passed).toBeLessThanOrEqual(4);
    expect(all.every(({ status }) => status === 200 || status === 429)).toBe(true);
    expect((await share())?.uploadedToday).toBe(passed * 2_000);
  });

  it('counts even when the request is refused in the end, or breaks off', async () => {
    const body = new FormData();
    body.append('papers', new File(['x'.repeat(2_000)], 'a.txt'));
    body.append('none', 'x');
    const refused = await fetch(`${server.address}/v1/share/${token}/runs`, {
      method: 'POST',
      headers: headersOf('203.0.113.1'),
      body,
    });
    expect(refused.status).toBe(422);
    expect((await share())?.uploadedToday).toBe(2_000);
    await new Promise<void>((resolve) => {
      const sent = request(`${server.address}/v1/share/${token}/runs`, {
        method: 'POST',
        headers: {
          ...headersOf('203.0.113.2'),
          'content-type': 'multipart/form-data; boundary=b',
          'content-length': '5000',
        },
      });
      sent.on('error', () => resolve()).on('close', () => resolve());
      sent.write(`--b\r\nContent-Disposition: form-data; name="papers"; filename="a.txt"\r\n\r\n${'x'.repeat(1_000)}`);
      setTimeout(() => sent.destroy(), 300);
    });
    for (let tries = 0; tries < 200 && ((await share())?.uploadedToday ?? 0) > 5_000; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 10));
    const uploadedToday = (await share())?.uploadedToday;
    // The parser holds back a few bytes to search for the boundary, which are not counted.
    expect(uploadedToday).toBeGreaterThan(2_900);
    expect(uploadedToday).toBeLessThanOrEqual(3_000);
  });

  it('counts when the request does not declare its length', async () => {
    const chunked = (bytes: number, ip: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const sent = request(`${server.address}/v1/share/${token}/runs`, {
          method: 'POST',
          headers: {
            ...headersOf(ip),
            'content-type': 'multipart/form-data; boundary=b',
            'transfer-encoding': 'chunked',
          },
        });
        sent.on('response', (reply) => reply.resume().on('end', () => resolve(reply.statusCode)));
        sent.on('error', reject);
        sent.write('--b\r\nContent-Disposition: form-data; name="papers"; filename="a.txt"\r\n\r\n');
        sent.end(`${'x'.repeat(bytes)}\r\n--b--\r\n`);
      });
    expect(await chunked(3_000, '203.0.113.1')).toBe(200);
    expect((await share())?.uploadedToday).toBe(3_000);
    expect(await chunked(9_000, '203.0.113.2')).toBe(413);
    expect((await share())?.uploadedToday).toBeLessThanOrEqual(10_000);
  });

  it('may be limited to nothing, which leaves text; a change of the setting applies at once', async () => {
    expect(await share()).toMatchObject({ id, uploadBytesPerDay: 10_000, uploadBytesPerUser: 6_000 });
    const config = ShareConfig.parse({ name: 'Keep', uploadBytesPerDay: 0 });
    await server.heddle.channels.shares.change('keep', id, config, localPrincipal);
    expect((await send(10)).status).toBe(413);
    const run = await server.call('POST', `/v1/share/${token}/runs`, { word: 'hi' }, headersOf('203.0.113.1'));
    expect(run.status).toBe(200);
  });
});
