import { FolderBlobs } from '@heddle/adapters/blobs';
import {
  compilePlan,
  createCatalog,
  needsOfDocument,
  parseDocument,
  TemplateCard,
  triggerNeeds,
  WorkflowTest,
  type JsonObject,
  type NodeDefinition,
  type Port,
  type WorkflowDocument,
} from '@heddle/core';
import { standardNodes } from '@heddle/nodes';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createModelDoubles, sampleOf } from './model-doubles.js';
import { runFile, type AnswerQuestion } from './open-test-heddle.js';

const folder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const ids = readdirSync(folder).filter((id) => existsSync(path.join(folder, id, 'workflow.json')));
const fileOf = (id: string, name: string): string => path.join(folder, id, name);
const read = (id: string, name: string): string => readFileSync(fileOf(id, name), 'utf8');
const documentOf = (id: string): WorkflowDocument => parseDocument(read(id, 'workflow.json'));
const cardOf = (id: string): TemplateCard => TemplateCard.parse(JSON.parse(read(id, 'template.json')));
const testsOf = (id: string): readonly WorkflowTest[] =>
  read(id, 'tests.jsonl')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => WorkflowTest.parse(JSON.parse(line)));

/** The node that a package's example needs is beside its workflow. */
const own = (await import(pathToFileURL(fileOf('custom-node-example', 'reading-time.node.js')).href)) as Readonly<
  Record<string, NodeDefinition>
>;
const catalog = createCatalog([...standardNodes, ...Object.values(own)]);

/** The problems of some inputs: unknown names, missing inputs, and values of another type. */
function misfits(ports: Readonly<Record<string, Port>>, inputs: Readonly<Record<string, unknown>>): readonly string[] {
  const unknown = Object.keys(inputs).filter((name) => !(name in ports));
  const missing = Object.entries(ports).flatMap(([name, port]) =>
    name in inputs || port.isOptional || port.default !== undefined ? [] : [name],
  );
  const wrong = Object.entries(inputs).filter(([name, value]) => {
    const type = ports[name]?.type;
    if (type === 'Text' || type === 'File') return typeof value !== 'string';
    return type === 'Number' ? typeof value !== 'number' : type === 'Messages' && !Array.isArray(value);
  });
  return [...unknown, ...missing, ...wrong.map(([name]) => name)];
}

/** A person who presses the first button and fills in the form. */
const agree: AnswerQuestion = ({ schema, buttons = [] }) => ({
  ...(sampleOf(schema as JsonObject) as object),
  ...(buttons[0] === undefined ? {} : { choice: buttons[0].id }),
});

describe('templates', () => {
  it('are at least 20, with some in each category, and no two have the same name or summary', () => {
    expect(ids.length).toBeGreaterThanOrEqual(20);
    const cards = ids.map(cardOf);
    expect(new Set(cards.map(({ category }) => category))).toEqual(new Set(TemplateCard.shape.category.options));
    expect(new Set(cards.map(({ summary }) => summary)).size).toBe(ids.length);
    expect(new Set(ids.map((id) => documentOf(id).name)).size).toBe(ids.length);
  });

  it.each(ids)('%s has a card that lists the needs of its workflow', (id) => {
    const derived = needsOfDocument(documentOf(id), catalog);
    expect(cardOf(id).needs.filter(({ kind }) => !triggerNeeds.has(kind))).toEqual(derived);
  });

  it.each(ids)('%s has examples and tests that fit its inputs and outputs', (id) => {
    const { interface: ports, issues } = compilePlan(documentOf(id), catalog);
    expect(issues).toEqual([]);
    for (const { inputs, files } of cardOf(id).examples) {
      for (const file of Object.values(files)) expect(existsSync(fileOf(id, file))).toBe(true);
      expect(misfits(ports.inputs, { ...inputs, ...files })).toEqual([]);
    }
    const tests = testsOf(id);
    expect(tests.length).toBeGreaterThan(0);
    for (const { inputs, expect: expected } of tests) {
      expect(misfits(ports.inputs, inputs)).toEqual([]);
      for (const name of Object.keys(expected.outputs)) expect(Object.keys(ports.outputs)).toContain(name);
    }
  });
});

describe('a template with model doubles', () => {
  let temporary: string;
  let doubles: ReturnType<typeof createModelDoubles>;
  beforeAll(async () => {
    temporary = await mkdtemp(path.join(tmpdir(), 'heddle-templates-'));
    doubles = createModelDoubles(temporary);
  });
  afterAll(async () => {
    await doubles.close();
    await rm(temporary, { recursive: true, force: true });
  });

  it.each(ids)('%s runs each example to its end and returns outputs', async (id) => {
    const blobs = new FolderBlobs(temporary);
    for (const [index, { inputs, files }] of cardOf(id).examples.entries()) {
      const uploads = await Promise.all(
        Object.entries(files).map(async ([name, file]) => {
          const blob = { name: path.basename(file), mediaType: 'text/plain' };
          return [name, await blobs.put(readFileSync(fileOf(id, file)), blob)] as const;
        }),
      );
      const given = { ...inputs, ...Object.fromEntries(uploads) };
      const run = await runFile(fileOf(id, 'workflow.json'), given, catalog, doubles, `${id}-${index}`, agree);
      expect([id, run.outcome.status, run.outcome.error?.message]).toEqual([id, 'done', undefined]);
      const values = Object.values(run.outputs).filter((value) => value !== '' && value !== null);
      expect(values.length).toBeGreaterThan(0);
    }
  });
});
