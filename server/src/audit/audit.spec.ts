import { AuditRecord, AuditReply } from '@heddle/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '../testing/test-server.js';

describe('the audit record over HTTP', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startTestServer();
    const owner = '=1+1, "quoted"';
    await server.heddle.audit.write([
      { kind: 'secret', who: 'user:a', subject: 'secret:x', details: { step: 'set', owner } },
      { kind: 'key', who: '=cmd', subject: 'key:k', details: { step: 'revoked', name: 'k' } },
    ]);
  });
  afterEach(() => server.close());

  it('is filtered and verified', async () => {
    const found = async (query: string): Promise<number[]> =>
      AuditReply.parse((await server.call('GET', `/api/audit?${query}`)).body).records.map(({ number }) => number);
    expect(await found('')).toEqual([2, 1]);
    expect(await found('act=secret')).toEqual([1]);
    expect(await found('act=secret&act=key&limit=1')).toEqual([2]);
    expect(await found('who=user:a&before=2')).toEqual([1]);
    expect(await found('to=1')).toEqual([]);
    expect((await server.call('GET', '/api/audit?act=nothing')).status).toBe(400);
    expect((await server.call('GET', '/api/audit/verify')).body).toMatchObject({ isWhole: true, records: 2 });
  });

  it('is exported as JSONL and CSV without formulas, and the export is recorded', async () => {
    const exported = await (await fetch(`${server.address}/api/audit/export`)).text();
    const lines = exported.trim().split('\n');
    expect(lines.map((line) => AuditRecord.parse(JSON.parse(line)).number)).toEqual([3, 2, 1]);
    const reply = await server.call('GET', '/api/audit/export?format=csv&act=key&act=secret');
    expect(reply.headers.get('content-disposition')).toContain('audit.csv');
    const [head, key] = String(reply.body).split('\r\n');
    expect(head).toBe('number,time,act,who,project,subject,isAllowed,details,previous,hash');
    expect(key).toContain(",key,'=cmd,");
    expect((await server.call('GET', '/api/audit?act=export')).body.records).toHaveLength(2);
  });
});
