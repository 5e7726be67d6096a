import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { resumeRun, startRun } from '@heddle/engine';
import { request } from 'node:http';
import { echoDocument } from '../testing/echo-document.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { lineCorpus } from './testing/corpus.js';

describe('line ends', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({
      withStoredJournal: true,
      withStandardNodes: true,
      engine: { startRun, resumeRun },
    });
    await server.call('POST', '/api/workflows', { document: echoDocument(), slug: 'echo' });
    await server.call('POST', '/api/workflows/echo/publish', { acceptDataMap: true });
  });
  afterAll(() => server.close());

  /** The records of an event stream, parsed by its rules. */
  function events(text: string): { readonly event: string; readonly data: string }[] {
    return text
      .split(/\r\n\r\n|\n\n|\r\r/)
      .filter((record) => record.trim() !== '')
      .map((record) => {
        const lines = record.split(/\r\n|\n|\r/);
        const of = (name: string) =>
          lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).trim());
        return { event: of('event').join(), data: of('data').join('\n') };
      });
  }

  it('in the inputs and outputs of a workflow end no record of a stream', async () => {
    for (const question of lineCorpus) {
      const reply = await server.call('POST', '/v1/workflows/echo', { question }, { accept: 'text/event-stream' });
      const found = events(String(reply.body));
      expect(found.filter(({ data }) => data !== '' && !isJson(data)).map(({ event }) => event)).toEqual([]);
      const results = found.filter(({ event }) => event === 'result');
      expect(results).toHaveLength(1);
      expect((JSON.parse(results[0]?.data ?? '{}') as { outputs: unknown }).outputs).toEqual({
        answer: `You asked: ${question}`,
      });
      const { runId } = JSON.parse(results[0]?.data ?? '{}') as { runId: string };
      const whole = await fetch(`${server.address}/api/runs/${runId}/events?after=0`);
      const read = events(await whole.text());
      expect(read.at(-1)?.data).toContain('"run-end"');
      expect(read.filter(({ data }) => data !== '' && !isJson(data))).toEqual([]);
    }
  });

  it('in names and parameters add no header to a reply', async () => {
    const hits: string[] = [];
    for (const text of lineCorpus) {
      const form = new FormData();
      form.append('file', new Blob(['text']), text);
      const uploaded = await fetch(`${server.address}/api/files`, { method: 'POST', body: form });
      const paths = [
        `/api/workflows/${encodeURIComponent(text)}`,
        `/api/runs?search=${encodeURIComponent(text)}`,
        `/api/auth/oidc/start?to=${encodeURIComponent(text)}`,
        `/api/audit/export?who=${encodeURIComponent(text)}`,
        `/${encodeURIComponent(text)}`,
        `/v1/workflows/${encodeURIComponent(text)}/openapi.json`,
      ];
      const replies = [
        uploaded,
        ...(await Promise.all(paths.map((path) => fetch(`${server.address}${path}`, { redirect: 'manual' })))),
      ];
      for (const { headers, url } of replies)
        if (headers.get('set-cookie') !== null || [...headers.values()].some((value) => value.includes('hit')))
          hits.push(`${JSON.stringify(text)} ${url}`);
    }
    expect(hits).toEqual([]);
  });

  it('in headers are refused, or have no effect', async () => {
    let answers = 0;
    for (const text of lineCorpus) {
      const sent = Buffer.from(text, 'utf8').toString('latin1');
      let answer: string;
      try {
        answer = await post(sent);
      } catch (error) {
        // The client refuses to send such a header.
        expect(String(error)).toMatch(/Invalid character|ERR_INVALID_CHAR/);
        continue;
      }
      expect(answer).not.toMatch(/set-cookie|hit/i);
      answers += 1;
    }
    expect(answers).toBeGreaterThan(3);
  });

  /** The headers of the reply to a run with this text as name and version. */
  function post(name: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const call = request(
        `${server.address}/v1/workflows/echo`,
        {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': name, 'heddle-version': '1' },
        },
        (reply) => {
          reply.resume();
          reply.on('end', () => resolve(JSON.stringify(reply.rawHeaders)));
        },
      );
      call.on('error', reject);
      call.end('{"question":"x"}');
    });
  }
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
