import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { loadCustomNodes } from '@heddle/adapters/custom-nodes';
import { compilePlan, createCatalog, parseDocument, serialiseDocument, type NodeDefinition } from '@heddle/core';
import { checkNode, runNode } from '@heddle/core/testing';
import { standardNodes } from '@heddle/nodes';

const folder = fileURLToPath(new URL('.', import.meta.url));

async function readingTime(): Promise<NodeDefinition> {
  const [node] = await loadCustomNodes([folder]);
  if (node === undefined) throw new Error('The example exports no node');
  return node;
}

describe('the custom node example', () => {
  it('loads as HEDDLE_NODES does, and passes the checks of heddle node test', async () => {
    const nodes = await loadCustomNodes([folder]);
    expect(nodes.map(({ type }) => type)).toEqual(['example/reading-time']);
    for (const node of nodes) expect(await checkNode(node)).toEqual([]);
  });

  it('counts words and minutes', async () => {
    const { outputs, log } = await runNode(await readingTime(), {
      inputs: { text: 'Vijf woorden, en één getal: 27.' },
    });
    expect(outputs).toEqual({ words: 6, minutes: 0, longest: ['woorden'] });
    expect(log).toHaveLength(1);
  });

  it('routes by its limit', async () => {
    const node = await readingTime();
    const config = { wordsPerMinute: 50, limitMinutes: 1 };
    expect((await runNode(node, { config, inputs: { text: 'word '.repeat(50) } })).outputs).toHaveProperty('short');
    expect((await runNode(node, { config, inputs: { text: 'word '.repeat(60) } })).outputs).toHaveProperty('long');
  });

  it('refuses a text without words with an error that Heddle knows', async () => {
    await expect(runNode(await readingTime(), { inputs: { text: ' … ' } })).rejects.toMatchObject({
      code: 'input_empty',
      status: 422,
    });
  });

  it('has a workflow that compiles with the standard nodes and is in the canonical form', async () => {
    const text = await readFile(new URL('./workflow.json', import.meta.url), 'utf8');
    const document = parseDocument(text);
    const { issues, plan } = compilePlan(document, createCatalog([...standardNodes, await readingTime()]));
    expect(issues).toEqual([]);
    expect(Object.keys(plan?.interface.outputs ?? {})).toEqual(['words', 'minutes']);
    expect(serialiseDocument(document)).toBe(text);
  });
});

it('the node that the guide shows passes the same checks unchanged', async () => {
  const guide = await readFile(new URL('../../docs/writing-a-node.md', import.meta.url), 'utf8');
  const shown = /```js\n(.*?)```/s.exec(guide)?.[1] ?? '';
  const own = await mkdtemp(join(folder, 'shown-'));
  try {
    await writeFile(join(own, 'reading-time.node.js'), shown);
    const nodes = await loadCustomNodes([join(own, 'reading-time.node.js')]);
    expect(nodes).toHaveLength(1);
    for (const node of nodes) expect(await checkNode(node)).toEqual([]);
  } finally {
    await rm(own, { recursive: true });
  }
});
