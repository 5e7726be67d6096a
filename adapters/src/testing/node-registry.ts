import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The files of a package by name. */
export type RegistryFiles = Readonly<Record<string, string>>;

/** A test double of an npm registry on loopback, and an npm that uses it. */
export interface NodeRegistry {
  /** The integrity hash that npm shows for a package. */
  integrity(name: string): string;
  close(): void;
}

/** Serves packages to the npm of this process. Their version is 1.0.0 unless package.json says otherwise. */
export async function openNodeRegistry(packages: Readonly<Record<string, RegistryFiles>>): Promise<NodeRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-registry-'));
  const archives = new Map<string, { readonly manifest: object; readonly version: string; readonly archive: Buffer }>();
  for (const [index, [name, files]] of Object.entries(packages).entries()) {
    const own = join(folder, String(index));
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(own, 'package', file)), { recursive: true });
      writeFileSync(join(own, 'package', file), text);
    }
    execFileSync('tar', ['-C', own, '-czf', join(own, 'a.tgz'), 'package']);
    // The test has written this JSON.
    const manifest = JSON.parse(files['package.json'] ?? '{}') as { readonly version?: string };
    archives.set(name, { manifest, version: manifest.version ?? '1.0.0', archive: readFileSync(join(own, 'a.tgz')) });
  }
  const integrity = (name: string): string =>
    `sha512-${createHash('sha512')
      .update(archives.get(name)?.archive ?? '')
      .digest('base64')}`;
  let address = '';
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '').slice(1);
    const tarball = /^(.+)\.tgz$/.exec(path)?.[1];
    const found = archives.get(tarball ?? path);
    if (found === undefined) return void response.writeHead(404).end('{}');
    if (tarball !== undefined) return void response.end(found.archive);
    const { manifest, version } = found;
    const dist = { tarball: `${address}/${path}.tgz`, integrity: integrity(path) };
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({ name: path, 'dist-tags': { latest: version }, versions: { [version]: { ...manifest, dist } } }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings = {
    npm_config_registry: address,
    npm_config_cache: join(folder, 'cache'),
    npm_config_userconfig: join(folder, 'npmrc'),
  };
  const before = Object.keys(settings).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, settings);
  return {
    integrity,
    close() {
      for (const [name, value] of before) {
        if (value === undefined) Reflect.deleteProperty(process.env, name);
        else process.env[name] = value;
      }
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A package with one node that returns the text of its own dependency. It has an install script that would leave a trace if it ran. */
export function nodePackage(name: string, type: string, trace: string): RegistryFiles {
  const manifest = {
    name,
    version: '1.0.0',
    type: 'module',
    heddle: { nodes: './index.js' },
    dependencies: { 'says-hello': '1.0.0' },
    peerDependencies: { '@heddle/core': '*', zod: '*' },
    scripts: {
      preinstall: `touch ${trace}`,
      install: `touch ${trace}`,
      postinstall: `touch ${trace}`,
      prepare: `touch ${trace}`,
    },
  };
  return {
    'package.json': JSON.stringify(manifest),
    'index.js': `import { defineNode, Text } from '@heddle/core'; import { z } from 'zod'; import { hello } from 'says-hello';
      export const own = defineNode({ type: '${type}', version: 1, category: 'data', title: 'Own', summary: 'S', role: 'step', effects: [],
        config: z.object({}), inputs: {}, outputs: { text: Text }, run: () => ({ text: hello }) });`,
  };
}

/** The dependency of `nodePackage`. */
export const saysHello = (trace: string): RegistryFiles => ({
  'package.json': JSON.stringify({
    name: 'says-hello',
    version: '1.0.0',
    type: 'module',
    main: './index.js',
    scripts: { postinstall: `touch ${trace}` },
  }),
  'index.js': "export const hello = 'hello';",
});
