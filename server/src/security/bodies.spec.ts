import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RequestMethod } from '@nestjs/common';
import { controllers } from '../heddle.module.js';
import { z } from 'zod';
import { SchemaPipe } from '../http/schema.pipe.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { contentTypeCorpus, pollutionCorpus } from './testing/corpus.js';

/** Every route that accepts a body, with `x` for each parameter. */
const routes = controllers.flatMap((controller) => {
  const prefix = String(Reflect.getMetadata('path', controller) ?? '');
  return Object.getOwnPropertyNames(controller.prototype).flatMap((key) => {
    const handler: unknown = Reflect.get(controller.prototype as object, key);
    if (key === 'constructor' || typeof handler !== 'function' || !Reflect.hasMetadata('path', handler)) return [];
    const method = RequestMethod[Number(Reflect.getMetadata('method', handler))] ?? 'GET';
    const paths = [Reflect.getMetadata('path', handler) as string | readonly string[]].flat(); // Nest writes this metadata.
    if (method === 'GET') return [];
    return paths.map((path) => ({
      method: method === 'ALL' ? 'POST' : method,
      path: `/${prefix}/${path}`
        .replace(/\/+/g, '/')
        .replace(/(.)\/$/, '$1')
        .replace(/:\w+/g, 'x'),
    }));
  });
});

/** The members that select a variant of the schema, if it has several. */
function kindsOf(schema: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return [{}];
  const { discriminator } = schema.def;
  return schema.options.map((option) => {
    const kind = option instanceof z.ZodObject ? (option.shape[discriminator] as unknown) : undefined;
    return { [discriminator]: kind instanceof z.ZodLiteral ? kind.value : undefined };
  });
}

describe('bodies', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startTestServer();
  });
  afterEach(() => server.close());
  const own = () => ({ origin: server.address });

  it('never reach a prototype, at any route', async () => {
    const before = Object.getOwnPropertyNames(Object.prototype).sort();
    const failed: string[] = [];
    for (const { method, path } of routes)
      await Promise.all(
        pollutionCorpus.map(async (payload) => {
          const { statusCode } = await server.app.inject({
            method: method as 'POST',
            url: path,
            payload,
            headers: { host: 'localhost', origin: 'http://localhost', 'content-type': 'application/json' },
          });
          if (statusCode === 500) failed.push(`${method} ${path} ${payload}`);
        }),
      );
    expect(failed).toEqual([]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(([] as unknown as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(before);
  }, 60_000);

  it('are read only as their declared type: JSON sent as a form or as text changes nothing', async () => {
    const name = 'confused';
    const hits: string[] = [];
    for (const type of contentTypeCorpus)
      for (const [method, path, body] of [
        ['POST', '/api/projects', { name }],
        ['POST', '/api/services', { name }],
        ['PUT', '/api/secrets/confused', { value: 'v' }],
        ['POST', '/api/keys', { name }],
        ['PUT', '/api/kill-switches/all', { reason: name }],
      ] as const) {
        const response = await fetch(`${server.address}${path}`, {
          method,
          headers: { 'content-type': type, ...own() },
          body: JSON.stringify(body),
        });
        if (response.status < 400) hits.push(`${type} ${path}: ${response.status}`);
      }
    expect(hits).toEqual([]);
    expect(server.heddle.killSwitches.list()).toEqual([]);
    expect(await server.heddle.keys.list()).toEqual([]);
    const { projects, services } = {
      projects: await server.heddle.parts.identity.projects.list(),
      services: await server.heddle.projects.services(),
    };
    expect([projects.length, services.length, (await server.heddle.secrets.list('default')).length]).toEqual([1, 0, 0]);
  });

  it('are refused with an unknown member, at any route but those of OpenAI and A2A', async () => {
    const takesMore: string[] = [];
    for (const controller of controllers)
      for (const key of Object.getOwnPropertyNames(controller.prototype)) {
        const given: unknown = Reflect.getMetadata('__routeArguments__', controller, key);
        for (const [kind, { schema }] of Object.entries((given ?? {}) as Record<string, { schema?: never }>)) {
          if (!kind.startsWith('3:') || schema === undefined) continue; // Nest marks a body by this number.
          for (const kind of kindsOf(schema)) {
            const refused: unknown = await new SchemaPipe()
              .transform({ ...kind, nothingIsCalledSo: 1 }, { type: 'body', schema })
              .catch((error: unknown) => error);
            if (!JSON.stringify(refused).includes("Unknown field 'nothingIsCalledSo'"))
              takesMore.push(`${controller.name}.${key}`);
          }
        }
      }
    expect(takesMore.sort()).toEqual([
      'A2aController.call',
      'CompletionsController.complete',
      'OpenAiBatchesController.create',
      'OpenAiController.chat',
      'OpenAiController.embeddings',
    ]);
  });

  it('start no run when the inputs are misspelt or sent as another type', async () => {
    const path = '/api/workflows/none/runs';
    const misspelt = await server.call('POST', path, { question: 'x' });
    expect([misspelt.status, misspelt.body.error.message]).toEqual([
      400,
      "The request is not valid: Unknown field 'question': leave it out.",
    ]);
    for (const type of ['application/x-www-form-urlencoded', 'text/plain']) {
      const { status, body } = await server.call('POST', path, '{"inputs":{}}', { 'content-type': type });
      expect([status, body.error.code]).toEqual([415, 'unsupported_media_type']);
      expect(body.error.message).toContain("'content-type: application/json'");
      expect((await server.call('POST', path, '', { 'content-type': type })).body.error.code).toBe(
        'workflow_not_found',
      );
    }
  });

  it('cannot set members that a request must not set', async () => {
    const forbidden = {
      id: 'forged',
      owner: 'local',
      project: 'other',
      isDisabled: false,
      isManager: true,
      password: 'x',
      hash: 'x',
      secret: 'x',
      createdAt: 1,
      revision: 99,
      role: 'owner',
      admin: true,
      principal: { kind: 'local' },
      caller: { principal: 'local' },
      who: 'local',
      key: 'vault',
      activity: { circuit: 'open' },
    };
    const made = await Promise.all([
      server.call('POST', '/api/projects', { name: 'P', ...forbidden }, own()),
      server.call('POST', '/api/services', { name: 'S', ...forbidden }, own()),
      server.call('POST', '/api/keys', { name: 'K', ...forbidden }, own()),
      server.call('POST', '/api/users', { email: 'a@example.org', name: 'A', roles: ['owner'], ...forbidden }, own()),
      server.call('PUT', '/api/kill-switches/tool:x', { reason: 'r', ...forbidden, target: 'all', time: 1 }, own()),
      server.call('POST', '/api/connections', { kind: 'openai', ...forbidden, id: 'mine' }, own()),
      server.call(
        'PUT',
        '/api/policies/mine',
        { candidates: [{ model: 'm', ...forbidden }], ...forbidden, name: 'forged' },
        own(),
      ),
      server.call(
        'PUT',
        '/api/budgets/mine',
        { scope: { kind: 'all' }, limits: { calls: 1 }, ...forbidden, spent: { calls: -99 } },
        own(),
      ),
    ]);
    const shown = JSON.stringify(made.filter(({ status }) => status < 300).map(({ body }): unknown => body));
    expect(shown).not.toMatch(/forged|"admin"|"revision":99|"createdAt":1,|"circuit":"open"|"vault"/);
    expect(made.map(({ status }) => status)).toEqual(made.map(() => 400));
    expect(server.heddle.killSwitches.list()).toEqual([]);
  });
});
