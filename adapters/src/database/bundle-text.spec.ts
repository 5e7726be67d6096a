import { describe, expect, it } from '@jest/globals';
import { parseDocument, runThrough, type PlanBundle, type WorkflowDocument } from '@heddle/core';
import { runInterleaved, watchPieces } from '@heddle/core/testing';
import { bundleTextInSlices, parseBundleSteps } from './bundle-text.js';

const documentOf = (nodes: number, name = 'Large'): WorkflowDocument =>
  parseDocument({
    heddle: 2,
    name,
    nodes: Object.fromEntries(
      Array.from({ length: nodes }, (_, index) => [`n${index}`, { type: 'step', version: 1, config: { index } }]),
    ),
    edges: [],
  });
const bundleOf = (count: number, nodes: number): PlanBundle => ({
  document: documentOf(nodes),
  workflows: Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`w${index}`, documentOf(nodes, `W${index}`)]),
  ),
});

describe('a bundle as text', () => {
  it('has the same hash for any order of its keys, and when written in slices', async () => {
    const { document, workflows } = bundleOf(20, 200);
    const reversed = Object.fromEntries(Object.entries(workflows).reverse());
    const whole = await bundleTextInSlices({ document, workflows });
    expect(whole.hash).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await bundleTextInSlices({ workflows: reversed, document })).toEqual(whole);
    const bundle = { document, workflows };
    const first = bundleTextInSlices(bundle);
    const second = bundleTextInSlices(bundle);
    expect(second).toBe(first);
    expect(await first).toEqual(whole);
    // A text that was written before is returned at once.
    expect(bundleTextInSlices(bundle)).toBe(await first);
  });

  it('is read again in slices, several at the same time', async () => {
    const bundles = [bundleOf(3, 2_000), bundleOf(150, 30), bundleOf(0, 1)];
    const texts: string[] = [];
    for (const bundle of bundles) texts.push((await bundleTextInSlices(bundle)).text);
    expect(runInterleaved(texts.map(parseBundleSteps))).toEqual(bundles);
    for (const text of texts.slice(0, 2)) expect(watchPieces(() => parseBundleSteps(text)).pieces).toBeGreaterThan(5);
  });

  it('fails with the same error in slices when it cannot be read', async () => {
    const { text } = await bundleTextInSlices({ document: documentOf(1), workflows: { w: documentOf(2) } });
    const newer = text.replaceAll('\\"heddle\\": 2', '\\"heddle\\": 9');
    expect(newer).not.toBe(text);
    expect(() => runThrough(parseBundleSteps(newer))).toThrow(expect.objectContaining({ code: 'document_version' }));
  });
});
