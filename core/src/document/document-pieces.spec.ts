import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { runInterleaved, watchPieces } from '../testing/pieces.js';
import { runThrough } from '../values/steps.js';
import { largeDocument } from './__fixtures__/large-document.js';
import { parseDocument, parseDocumentSteps, parseStoredDocument } from './parse-document.js';
import { serialiseDocument, serialiseDocumentSteps } from './serialise-document.js';
import { mostEdges, mostNodes, WorkflowDocument } from './workflow-document.js';

const outcome = (read: () => unknown): unknown => {
  try {
    return read();
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
};

const name = fc.stringMatching(/^[a-z]\w{0,6}$/);
const position = fc.tuple(fc.integer(), fc.integer());
const setting = fc.oneof(
  fc.string(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.array(fc.integer()),
  fc.dictionary(name, fc.array(fc.string())),
);
const node = fc.record(
  {
    type: name,
    version: fc.integer({ min: 1, max: 3 }),
    title: fc.string(),
    config: fc.dictionary(name, setting),
  },
  { requiredKeys: ['type', 'version', 'config'] },
);
const edge = fc.record(
  {
    from: name,
    to: name,
    loop: fc.record({ max: fc.integer({ min: 1, max: 9 }), atLimit: fc.constantFrom('fail', 'leave') }),
  },
  { requiredKeys: ['from', 'to'] },
);
const graph = {
  nodes: fc.dictionary(name, node),
  edges: fc.array(edge),
  layout: fc.record({ nodes: fc.dictionary(name, position), notes: fc.constant([]), groups: fc.constant([]) }),
};
const inner = fc.record({ title: fc.string(), ...graph }, { requiredKeys: ['nodes', 'edges'] });
const sound = fc.record(
  {
    heddle: fc.constant(2),
    name: fc.string({ minLength: 1 }),
    description: fc.string(),
    ...graph,
    workflows: fc.dictionary(name, inner, { minKeys: 1, maxKeys: 3 }),
  },
  { requiredKeys: ['heddle', 'name', 'nodes', 'edges'] },
);

describe('parseDocumentSteps', () => {
  it('reads a document in parts to the same result as the schema at once', () => {
    fc.assert(
      fc.property(sound, (given) => {
        expect(parseDocument(given)).toEqual(WorkflowDocument.parse(given));
        expect(parseDocument(JSON.stringify(given))).toEqual(WorkflowDocument.parse(JSON.parse(JSON.stringify(given))));
      }),
      { numRuns: 50 },
    );
  });

  it('refuses a wrong part of a document exactly if the schema refuses it', () => {
    const part = fc.constantFrom(
      ['name'],
      ['description'],
      ['nodes'],
      ['edges'],
      ['layout'],
      ['layout', 'nodes'],
      ['layout', 'notes'],
      ['workflows'],
      ['workflows', 'w'],
      ['workflows', 'w', 'nodes'],
      ['workflows', 'w', 'edges'],
      ['workflows', 'w', 'layout'],
      ['nodes', 'n'],
      ['nodes', 'n', 'version'],
      ['edges', '0'],
      ['more'],
    );
    const wrong = fc.oneof(setting, fc.constantFrom(null, -1, 1.5, '', {}, [], [{}], { a: {} }, { a: [1, 2] }));
    fc.assert(
      fc.property(sound, part, wrong, (given, path, value) => {
        const copy: unknown = JSON.parse(JSON.stringify(given));
        let at = copy;
        for (const step of path.slice(0, -1)) {
          if (typeof at !== 'object' || at === null) return;
          if (Reflect.get(at, step) === undefined) Reflect.set(at, step, {});
          at = Reflect.get(at, step);
        }
        Reflect.set(at as object, path.at(-1) ?? '', value);
        const parsed = WorkflowDocument.safeParse(copy);
        expect(outcome(() => parseDocument(copy))).toEqual(parsed.success ? parsed.data : 'document_unreadable');
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    ['many nodes', largeDocument({ nodes: 2_000 })],
    ['many small workflows inside', largeDocument({ nodes: 10, inner: 199 })],
    ['few nodes with many values', largeDocument({ nodes: 8, values: 5_000 })],
  ])('reads a bounded number of values between two pauses: %s', (_what, given) => {
    const { result, pieces, most } = watchPieces(({ watch }) => parseDocumentSteps(watch(given)));
    expect(JSON.stringify(result) === JSON.stringify(given)).toBe(true);
    expect(pieces).toBeGreaterThanOrEqual(8);
    expect(most).toBeLessThanOrEqual(11_000);
    const text = JSON.stringify(given);
    expect(watchPieces(() => parseDocumentSteps(text)).pieces).toBeGreaterThanOrEqual(pieces);
  });

  it('reads several documents at the same time', () => {
    const all = [largeDocument({ nodes: 900 }), largeDocument({ nodes: 300, inner: 2 }), largeDocument({ nodes: 1 })];
    expect(runInterleaved(all.map((given) => parseDocumentSteps(JSON.stringify(given))))).toEqual(all);
  });

  it('accepts 10,000 nodes and 50,000 edges, inner workflows included, and refuses one more', () => {
    const edges = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ from: `n${index % 9_000}.text`, to: `n${index % 8_999}.text` }));
    const large = (nodes: number, count: number, more: object = {}) => {
      const { workflows: _none, ...given } = { workflows: undefined, ...largeDocument({ nodes }) };
      return { ...given, edges: edges(count), ...more };
    };
    const part = { nodes: { one: { type: 'step', version: 1, config: {} } }, edges: edges(1) };
    expect(Object.keys(parseDocument(large(mostNodes, mostEdges)).nodes)).toHaveLength(10_000);
    for (const refused of [
      large(mostNodes + 1, 0),
      large(1, mostEdges + 1),
      large(mostNodes, 0, { workflows: { part } }),
      large(1, mostEdges, { workflows: { part } }),
    ])
      expect(outcome(() => parseDocument(refused))).toBe('document_unreadable');
    // Size limits apply only to documents from outside.
    const stored = JSON.stringify(large(mostNodes, 0, { workflows: { part } }));
    expect(Object.keys(parseStoredDocument(stored).nodes)).toHaveLength(10_000);
  });

  it('throws the same errors in pieces', () => {
    const last = (values: unknown) => ({
      ...largeDocument({ nodes: 2_000 }),
      workflows: { w: { nodes: { last: { type: 'step', version: 1, config: { values } } }, edges: [] } },
    });
    const codes: readonly (readonly [unknown, string])[] = [
      [last(JSON.parse('{"__proto__":1}')), 'forbidden_name'],
      [last(Array.from({ length: 10_001 }, () => 1)), 'document_unreadable'],
      [{ ...last(1), heddle: 9 }, 'document_version'],
      [JSON.stringify(last(1)).slice(0, -1), 'document_unreadable'],
    ];
    for (const [given, code] of codes) {
      expect(outcome(() => parseDocument(given))).toBe(code);
      expect(outcome(() => runInterleaved([parseDocumentSteps(given), parseDocumentSteps(last(1))]))).toBe(code);
    }
  });

  it('reports at most twenty problems, and only one for all unknown fields', () => {
    const wrong = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`n${index}`, { type: 1, version: 1 }]));
    const problems = (given: unknown): unknown => {
      try {
        return parseDocument(given);
      } catch (error) {
        return error instanceof Error && 'details' in error ? Reflect.get(Object(error.details), 'issues') : error;
      }
    };
    expect(problems({ heddle: 2, name: 'x', nodes: wrong, edges: [] })).toHaveLength(20);
    const extra = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`x${index}`, 1]));
    expect(problems({ heddle: 2, name: 'x', nodes: {}, edges: [], ...extra })).toHaveLength(1);
  });
});

describe('serialiseDocumentSteps', () => {
  it('writes text that is read back as the same document', () => {
    fc.assert(
      fc.property(sound, (given) => {
        const document = parseDocument(given);
        const text = serialiseDocument(document);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(document)));
        expect(serialiseDocument(parseStoredDocument(text))).toBe(text);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['many nodes', largeDocument({ nodes: 2_000 })],
    ['many small workflows inside', largeDocument({ nodes: 10, inner: 199 })],
    ['few nodes with many values', largeDocument({ nodes: 8, values: 5_000 })],
  ])('writes a bounded number of values between two pauses: %s', (_what, given) => {
    const document = parseDocument(given);
    const { result, pieces, most } = watchPieces(({ watch }) => serialiseDocumentSteps(watch(document)));
    expect(result === serialiseDocument(document)).toBe(true);
    expect(pieces).toBeGreaterThanOrEqual(5);
    expect(most).toBeLessThanOrEqual(12_000);
    expect(runInterleaved([serialiseDocumentSteps(document), serialiseDocumentSteps(document)])).toEqual([
      result,
      result,
    ]);
    expect(runThrough(parseDocumentSteps(result, true))).toEqual(document);
  });
});
