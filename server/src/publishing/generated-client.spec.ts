import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { localPrincipal, type WorkflowDocument } from '@heddle/core';
import { Validator } from '@seriousme/openapi-schema-validator';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import openapiTypes, { astToString } from 'openapi-typescript';
import ts from 'typescript';
import { openPublished } from '../channels/testing/open-published.js';
import type { TestServer } from '../testing/test-server.js';

// Milliseconds; the compiler is slow on a busy machine.
jest.setTimeout(180_000);

const modules = join(import.meta.dirname, '../../../node_modules');

/** Returns a number, and a text that is optional. */
const countDocument: WorkflowDocument = {
  heddle: 2,
  name: 'Count',
  nodes: {
    asked: {
      type: 'input',
      version: 1,
      config: {
        fields: [
          { name: 'count', type: 'Number' },
          { name: 'note', type: 'Text', default: 'none' },
        ],
      },
    },
    reply: {
      type: 'output',
      version: 1,
      config: {
        fields: [
          { name: 'count', type: 'Number' },
          { name: 'note', type: 'Text' },
        ],
      },
    },
  },
  edges: [
    { from: 'asked.count', to: 'reply.count' },
    { from: 'asked.note', to: 'reply.note' },
  ],
};

/** A program that uses two workflows, and prints the replies of the server. */
const client = `
import createClient from 'openapi-fetch';
import type { paths } from './types.js';

const { POST } = createClient<paths>({ baseUrl: process.argv[2] ?? '' });
const { data: echo } = await POST('/v1/workflows/echo', { body: { question: 'hi' } });
const counted = await POST('/v1/workflows/count', {
  body: { count: 3 },
  params: { header: { 'Idempotency-Key': 'k', 'Heddle-Version': 1 } },
});
// A reply is JSON, of a run that ended or one that goes on, or the text of a stream.
const isEnded = <T>(reply: T): reply is Extract<T, { outputs: unknown }> =>
  typeof reply === 'object' && reply !== null && 'outputs' in reply;
const answer: string | undefined = isEnded(echo) ? echo.outputs.answer : undefined;
const count: number | undefined = isEnded(counted.data) ? counted.data.outputs.count : undefined;
const refused = await POST('/v1/workflows/count', { body: { count: 3 }, params: { header: { 'Heddle-Version': 9 } } });
const code: string | undefined = refused.error?.code;
console.log(JSON.stringify({ answer, count, code, status: refused.response.status }));
`;

/** Programs that each break the contract in one way. */
const wrong: Readonly<Record<string, string>> = {
  'another type of input': `await POST('/v1/workflows/echo', { body: { question: 7 } });`,
  'an input left out': `await POST('/v1/workflows/count', { body: { note: 'x' } });`,
  'a workflow that is not there': `await POST('/v1/workflows/none', { body: { question: 'x' } });`,
  'another type of output': `const { data } = await POST('/v1/workflows/count', { body: { count: 1 } });
if (typeof data === 'object' && 'outputs' in data) data.outputs.count?.toUpperCase();`,
};

/** The imports and the client of the program. */
const head = client.slice(0, client.indexOf('const { data: echo'));

describe('a client generated from openapi.json', () => {
  let server: TestServer;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-client-'));
    server = await openPublished();
    await server.heddle.workflows.create(countDocument, 'count');
    await server.heddle.publishing.versions.publish('count', { acceptDataMap: true }, localPrincipal);
    symlinkSync(modules, join(folder, 'node_modules'), 'junction');
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function generate(path: string): Promise<void> {
    const { body } = await server.call('GET', path);
    expect(await new Validator().validate(body)).toEqual({ valid: true });
    writeFileSync(join(folder, 'types.ts'), astToString(await openapiTypes(JSON.stringify(body))));
  }

  /** Compiles programs together, and returns the errors of each. */
  function compile(programs: Readonly<Record<string, string>>): Readonly<Record<string, readonly string[]>> {
    const files = Object.entries(programs).map(([name, text], index) => {
      const file = join(folder, `program-${index}.ts`);
      writeFileSync(file, text);
      return { name, file };
    });
    const program = ts.createProgram(
      files.map(({ file }) => file),
      {
        strict: true,
        target: ts.ScriptTarget.ES2024,
        module: ts.ModuleKind.NodeNext,
        lib: ['lib.es2024.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
        types: ['node'],
        typeRoots: [join(modules, '@types')],
        skipLibCheck: true,
      },
    );
    program.emit();
    const found = ts.getPreEmitDiagnostics(program);
    const others = found.filter(({ file }) => file === undefined || file.fileName.endsWith('types.ts'));
    const said = (list: readonly ts.Diagnostic[]): string[] =>
      list.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
    expect(said(others)).toEqual([]);
    return Object.fromEntries(
      files.map(({ name, file }) => [name, said(found.filter((one) => one.file?.fileName === file))]),
    );
  }

  it('compiles, calls the server, and reads replies and problems by their types', async () => {
    await generate('/v1/workflows/openapi.json');
    expect(compile({ client })).toEqual({ client: [] });
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'program-0.js'), server.address]);
    expect(JSON.parse(stdout)).toEqual({ answer: 'You asked: hi', count: 3, code: 'version_not_found', status: 404 });
  });

  it('does not compile when the contract is broken', async () => {
    await generate('/v1/workflows/openapi.json');

    const found = compile(Object.fromEntries(Object.entries(wrong).map(([name, line]) => [name, head + line])));
    for (const [name, errors] of Object.entries(found)) expect([name, errors.length]).toEqual([name, 1]);
  });

  it("contains only one workflow when it is made from that workflow's document", async () => {
    await generate('/v1/workflows/echo/openapi.json');

    const found = compile({
      own: `${head}await POST('/v1/workflows/echo', { body: { question: 'x' } });`,
      other: `${head}await POST('/v1/workflows/count', { body: { count: 1 } });`,
    });
    expect([found['own'], found['other']?.length]).toEqual([[], 1]);
  });
});
