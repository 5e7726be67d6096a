import {
  describePorts,
  KeyScopes,
  localPrincipal,
  snippetsOf,
  type Snippet,
  type WorkflowDocument,
} from '@heddle/core';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import openapiTypes, { astToString } from 'openapi-typescript';
import ts from 'typescript';
import { openPublished } from '../../channels/testing/open-published.js';
import type { TestServer } from '../../testing/test-server.js';

// Milliseconds; the compiler is slow on a busy machine.
jest.setTimeout(180_000);

const modules = join(import.meta.dirname, '../../../../node_modules');
const isThere = (program: string, ...args: readonly string[]): boolean => spawnSync(program, args).status === 0;
const hasCurl = isThere('curl', '--version');
const pythonClient = join(import.meta.dirname, '../../../../client/python');
const hasPython = isThere('python3', '-c', 'import sys; sys.exit(sys.version_info < (3, 10))');
const python = ['httpx', 'requests'].find((name) => isThere('python3', '-c', `import ${name}`));

/** Takes a text with characters that are special in shells and languages, a choice, a number and a list. */
const letters: WorkflowDocument = {
  heddle: 2,
  name: 'Letters',
  nodes: {
    asked: {
      type: 'input',
      version: 1,
      config: {
        fields: [
          { name: 'question', type: 'Text', title: `What's "new" in $HOME, \`é\`?` },
          { name: 'tone', type: 'Text', options: ['kind', 'short'] },
          { name: 'most', type: 'Number' },
          { name: 'said', type: 'Messages' },
        ],
      },
    },
    words: { type: 'prompt', version: 1, config: { template: '{{ tone }}: {{ question }}' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [
    { from: 'asked.question', to: 'words.question' },
    { from: 'asked.tone', to: 'words.tone' },
    { from: 'words.text', to: 'reply.answer' },
  ],
};

/** A chat with one text input and one text output. */
const chat: WorkflowDocument = {
  heddle: 2,
  name: 'Chat',
  nodes: {
    asked: {
      type: 'input',
      version: 1,
      config: { fields: [{ name: 'question', type: 'Text', title: `What's "new" in $HOME, \`é\`?` }] },
    },
    words: { type: 'prompt', version: 1, config: { template: 'So: {{ question }}' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [
    { from: 'asked.question', to: 'words.question' },
    { from: 'words.text', to: 'reply.answer' },
  ],
};

/** Returns the name of a file. */
const papers: WorkflowDocument = {
  heddle: 2,
  name: 'Papers',
  nodes: {
    asked: {
      type: 'input',
      version: 1,
      config: {
        fields: [
          { name: 'paper', type: 'File' },
          { name: 'note', type: 'Text', title: '@note' },
        ],
      },
    },
    reply: {
      type: 'output',
      version: 1,
      config: {
        fields: [
          { name: 'note', type: 'Text' },
          { name: 'paper', type: 'File' },
        ],
      },
    },
  },
  edges: [
    { from: 'asked.paper', to: 'reply.paper' },
    { from: 'asked.note', to: 'reply.note' },
  ],
};

describe.each([
  ['letters', letters, `kind: What's "new" in $HOME, \`é\`?`],
  ['papers', papers, '@note'],
  ['chat', chat, `So: What's "new" in $HOME, \`é\`?`],
])('the code on the page of %s', (slug, document, answer) => {
  let server: TestServer;
  let folder: string;
  let key: string;
  let snippets: readonly Snippet[];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-snippets-'));
    server = await openPublished({ settings: { HEDDLE_SIGN_IN: 'required' } });
    await server.heddle.workflows.create(document, slug);
    await server.heddle.publishing.versions.publish(slug, { acceptDataMap: true }, localPrincipal);
    const { identity } = server.heddle.parts;
    const owner = await identity.users.create({ email: 'ada@example.org', name: 'Ada' });
    await identity.projects.setRoles('default', `user:${owner.id}`, ['owner']);
    const scopes = KeyScopes.parse({ permissions: ['run:published', 'run:read'] });
    key = (await identity.keys.create({ name: 'k', owner: `user:${owner.id}`, project: 'default', scopes })).secret;
    const { planInterface } = await server.heddle.publishing.runs.workflow(slug, localPrincipal);
    snippets = snippetsOf({
      origin: server.address,
      slug,
      inputs: describePorts(planInterface.inputs),
      outputs: describePorts(planInterface.outputs),
    });
    symlinkSync(modules, join(folder, 'node_modules'), 'junction');
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(join(folder, 'file'), 'A letter.');
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const codeOf = (id: Snippet['id']): string => snippets.find((snippet) => snippet.id === id)?.code ?? '';
  const run = async (program: string, args: readonly string[]): Promise<string> => {
    const env = {
      PATH: process.env['PATH'] ?? '',
      HEDDLE_KEY: key,
      PYTHONIOENCODING: 'utf-8',
      PYTHONPATH: pythonClient,
    };
    const { stdout } = await promisify(execFile)(program, [...args], { cwd: folder, env });
    return stdout;
  };
  const shell = (id: Snippet['id']): Promise<string> => run('sh', ['-c', codeOf(id)]);

  (hasCurl ? it : it.skip)('runs in a shell: at once, as a stream, and later', async () => {
    expect(JSON.parse(await shell('curl'))).toMatchObject({ status: 'done', outputs: { [first(slug)]: answer } });
    expect(await shell('stream')).toMatch(/event: result\ndata: \{"runId"/);
    expect(await shell('async')).toMatch(/^HTTP\/1\.1 202 [\s\S]*location: \/v1\/runs\//i);
  });

  it('runs in TypeScript with fetch, with our client and as a typed client, and compiles with the strictest settings', async () => {
    const contract = await fetch(`${server.address}/v1/workflows/${slug}/openapi.json`, {
      headers: { authorization: `Bearer ${key}` },
    });
    writeFileSync(join(folder, `${slug}.d.ts`), astToString(await openapiTypes(await contract.text())));
    const ids = ['typescript', 'heddle', 'client', ...(slug === 'chat' ? (['openai'] as const) : [])] as const;
    for (const id of ids) writeFileSync(join(folder, `${id}.ts`), codeOf(id));
    expect(compile(ids.map((id) => join(folder, `${id}.ts`)))).toEqual([]);
    for (const id of ids) expect((await run(process.execPath, [join(folder, `${id}.js`)])).trimEnd()).toBe(answer);
  });

  (python === undefined ? it.skip : it)(`runs in Python (skipped without httpx or requests)`, async () => {
    const code = codeOf('python').replaceAll('httpx', python ?? '');
    expect((await run('python3', ['-c', code])).trimEnd()).toBe(answer);
  });

  (hasPython ? it : it.skip)('runs in Python with our client (skipped without Python 3.10)', async () => {
    expect((await run('python3', ['-c', codeOf('heddle-python')])).trimEnd()).toBe(answer);
  });
});

/** The output that the code prints, which is the first one. */
const first = (slug: string): string => (slug === 'papers' ? 'note' : 'answer');

/** Compiles programs, and returns the errors of the compiler. */
function compile(files: readonly string[]): readonly string[] {
  const program = ts.createProgram([...files], {
    strict: true,
    noUncheckedIndexedAccess: true,
    target: ts.ScriptTarget.ES2024,
    module: ts.ModuleKind.NodeNext,
    lib: ['lib.es2024.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: ['node'],
    typeRoots: [join(modules, '@types')],
    skipLibCheck: true,
  });
  program.emit();
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText, file }) => `${file?.fileName ?? ''} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
}
