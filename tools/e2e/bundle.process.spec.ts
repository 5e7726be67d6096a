import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cleanUp, root, temporaryFolder } from './built-program.js';
import { documentFile } from './documents.js';
import { heddle } from './heddle-command.js';
import { startServer } from './start-server.js';

jest.setTimeout(180_000);
afterAll(cleanUp);

/** An environment in which a process writes the files that it loaded to `file` when it ends. */
function recording(file: string): Readonly<Record<string, string>> {
  const hook = `import { registerHooks } from 'node:module';
    import { writeFileSync } from 'node:fs';
    const loaded = [];
    registerHooks({ load: (url, context, next) => { if (url.startsWith('file:')) loaded.push(url); return next(url, context); } });
    process.on('exit', () => writeFileSync(${JSON.stringify(file)}, loaded.join('\\n')));`;
  return { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(hook)}` };
}

/** `import … from "./name.js"`, `export … from "./name.js"` and `import "./name.js"`. */
const staticImport = /(?:^|[;}\n])(?:import|export)(?:[^;"'`()]*?from)?"\.\/([^"]+)"/g;

const loaded = (file: string): readonly string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .map((url) => url.slice(pathToFileURL(root).href.length));

describe('the bundled program', () => {
  it('starts a server from a few files', async () => {
    const file = join(temporaryFolder(), 'loaded');
    const server = await startServer({ environment: recording(file) });
    expect((await fetch(`${server.address}/api/health`)).status).toBe(200);
    // The bundle keeps a call whose result is not used and that only throws.
    const broken = await fetch(`${server.address}/workflows/%zz`, { headers: { accept: 'text/html' } });
    expect([broken.status, broken.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
    expect(await server.stop()).toBe(0);
    const files = loaded(file);
    expect(files).toContain('server/dist/bundle/cli-main.js');
    // The driver of the database is native, and reflect-metadata runs before everything else, so both stay outside the bundle.
    const inBundle = (path: string): boolean => /\.js$/.test(path) && !/better-sqlite3|reflect-metadata/.test(path);
    expect(files.filter(inBundle).length).toBeLessThan(120);
    // A file with other characters takes two bytes for each character in memory.
    const beyondAscii = files.filter(
      (path) => inBundle(path) && /[^\0-\x7f]/.test(readFileSync(join(root, path), 'utf8')),
    );
    expect(beyondAscii).toEqual([]);
  });

  it('has no cycle of imports, so that a file runs after all files that it needs', () => {
    const folder = join(root, 'server/dist/bundle');
    const files = readdirSync(folder).filter((name) => name.endsWith('.js'));
    const imports = new Map(
      files.map((name) => [
        name,
        [...readFileSync(join(folder, name), 'utf8').matchAll(staticImport)].map(([, to]) => to),
      ]),
    );
    expect(imports.get('serve.js')).toContain('start-server.js');
    // Files without remaining imports are removed until only the files of a cycle are left.
    for (let before = -1; before !== imports.size;) {
      before = imports.size;
      for (const [name, needed] of imports)
        if (!needed.some((other) => other !== undefined && imports.has(other))) imports.delete(name);
    }
    expect([...imports.keys()]).toEqual([]);
  });

  it('runs a small command without the server', async () => {
    const file = join(temporaryFolder(), 'loaded');
    expect((await heddle(['--version'], { environment: recording(file) })).code).toBe(0);
    const files = loaded(file);
    expect(files).toContain('server/dist/bundle/cli-main.js');
    expect(files).not.toContain('server/dist/bundle/create-app.js');
  });

  it('gives its own copies of core and zod to custom nodes', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'own'));
    writeFileSync(
      join(folder, 'own/package.json'),
      JSON.stringify({ type: 'module', heddle: { nodes: './index.js' } }),
    );
    writeFileSync(
      join(folder, 'own/index.js'),
      `import { defineNode, HeddleError, Text } from '@heddle/core';
      import { checkNode } from '@heddle/core/testing';
      import { z } from 'zod';
      export const own = defineNode({ type: 'own', version: 1, category: 'data', title: 'Own', summary: 'S', role: 'step', effects: [],
        config: z.object({ size: z.number().default(3).meta({ title: 'Size' }) }), inputs: { text: Text }, outputs: { text: Text },
        run: () => { throw new HeddleError('input_empty', typeof checkNode + ' says that nothing is there'); } });`,
    );
    const document = {
      heddle: 2,
      name: 'Own',
      nodes: {
        who: { type: 'input', version: 1, config: { fields: [{ name: 'text', type: 'Text' }] } },
        own: { type: 'own', version: 1, config: {} },
        reply: { type: 'output', version: 1, config: { fields: [{ name: 'text', type: 'Text' }] } },
      },
      edges: [
        { from: 'who.text', to: 'own.text' },
        { from: 'own.text', to: 'reply.text' },
      ],
    };
    const record = join(folder, 'loaded');
    const environment = { ...recording(record), HEDDLE_NODES: './own' };
    const args = ['run', documentFile(document), '--input', 'text=one', '--json'];
    const result = await heddle(args, { data: join(folder, 'data'), folder, environment });
    expect(result.json()).toMatchObject({
      error: { code: 'input_empty', message: 'function says that nothing is there' },
    });
    // The nodes run in a process of their own, which is not the bundle; the program loads nothing for them.
    const isOther = (path: string): boolean => /^core\/|node_modules\/zod\//.test(path);
    expect(loaded(record).filter((path) => isOther(path) || path.includes('lent-'))).toEqual([]);
    const testing = { ...recording(join(folder, 'tested')), HEDDLE_NODES: '' };
    await heddle(['node', 'test', './own', '--json'], { data: join(folder, 'data'), folder, environment: testing });
    const files = loaded(join(folder, 'tested'));
    expect(files).toEqual(
      expect.arrayContaining(
        ['lent-core', 'lent-core-testing', 'lent-zod'].map((name) => `server/dist/bundle/${name}.js`),
      ),
    );
    expect(files.filter(isOther)).toEqual([]);
  });
});
