import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runNode } from '@heddle/core/testing';
import { nodePackage, openNodeRegistry, saysHello, type NodeRegistry } from '../../testing/node-registry.js';
import { openCustomNodes } from '../open-custom-nodes.js';
import { installPackage, removePackage } from './install-package.js';
import { listInstalled } from './installed-packages.js';

let data = '';
let registry: NodeRegistry;
const trace = (): string => join(data, 'trace');
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'heddle-install-'));
  registry = await openNodeRegistry({
    '@acme/own-nodes': nodePackage('@acme/own-nodes', 'acme/own', trace()),
    'says-hello': saysHello(trace()),
  });
});
afterAll(async () => {
  registry.close();
  await rm(data, { recursive: true });
});

const request = (integrity: string, name = '@acme/own-nodes', version = '1.0.0') => ({ name, version, integrity });

describe('installPackage', () => {
  it('installs nothing when the hash differs, and reports both hashes', async () => {
    const wrong = `sha512-${'A'.repeat(86)}==`;
    await expect(installPackage(request(wrong), data)).rejects.toMatchObject({
      code: 'checksum_mismatch',
      message: expect.stringContaining(registry.integrity('@acme/own-nodes')),
    });
    expect(await listInstalled(data)).toEqual([]);
    expect(readdirSync(join(data, 'nodes'))).toEqual([]);
  }, 60_000);

  it('installs a package with its dependencies without running their scripts, and its nodes run', async () => {
    const integrity = registry.integrity('@acme/own-nodes');
    const installed = await installPackage(request(integrity), data);
    expect(await listInstalled(data)).toEqual([installed]);
    expect(existsSync(trace())).toBe(false);
    const nodes = await openCustomNodes([installed.folder], { hidden: [data] });
    try {
      const [node] = nodes.definitions;
      if (node === undefined) throw new Error('No node');
      expect([node.type, (await runNode(node)).outputs]).toEqual(['acme/own', { text: 'hello' }]);
    } finally {
      await nodes.close();
    }
    await removePackage('@acme/own-nodes', data);
    expect(await listInstalled(data)).toEqual([]);
  }, 60_000);

  it('restores the installed version when its replacement does not load', async () => {
    const wanted = request(registry.integrity('@acme/own-nodes'));
    const installed = await installPackage(wanted, data);
    writeFileSync(join(installed.folder, 'mark'), 'the first one');
    const load = () => Promise.reject(new Error('does not load'));
    await expect(installPackage(wanted, data, { load })).rejects.toThrow('does not load');
    expect(existsSync(join(installed.folder, 'mark'))).toBe(true);
    await installPackage(wanted, data);
    expect(existsSync(join(installed.folder, 'mark'))).toBe(false);
    expect(readdirSync(join(data, 'nodes'))).toEqual(['@acme+own-nodes']);
    await removePackage('@acme/own-nodes', data);
  }, 60_000);

  it('lists one version of a package after a crash at any step of its replacement', async () => {
    const wanted = request(registry.integrity('@acme/own-nodes'));
    const installed = await installPackage(wanted, data);
    const own = join(data, 'nodes', '@acme+own-nodes');
    const seen: unknown[] = [];
    await installPackage(wanted, data, {
      beforeSwap: async () => void seen.push(await listInstalled(data)),
      load: async () => {
        seen.push(await listInstalled(data));
        // What a crash between the two renames leaves.
        renameSync(own, `${own}+part`);
        seen.push(await listInstalled(data), readdirSync(join(data, 'nodes')).toSorted());
      },
    });
    const names = ['@acme+own-nodes', '@acme+own-nodes+part'];
    expect(seen).toEqual([[installed], [installed], [installed], names]);
    await removePackage('@acme/own-nodes', data);
    expect(await listInstalled(data)).toEqual([]);
  }, 60_000);

  it('refuses a package without nodes and a package that does not exist', async () => {
    const integrity = registry.integrity('says-hello');
    await expect(installPackage(request(integrity, 'says-hello'), data)).rejects.toMatchObject({
      code: 'custom_nodes_invalid',
    });
    await expect(installPackage(request(integrity, 'says-hello', '9.9.9'), data)).rejects.toMatchObject({
      code: 'node_package_failed',
      message: expect.stringContaining('says-hello@9.9.9'),
    });
    expect(readdirSync(join(data, 'nodes'))).toEqual([]);
  }, 60_000);
});
