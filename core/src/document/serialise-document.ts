import { isPlainObject } from '../values/json/json.js';
import { createPace, runThrough, type Pace, type Steps } from '../values/steps.js';
import type { DocumentEdge, InnerWorkflow, Layout, WorkflowDocument } from './workflow-document.js';

const widest = 120;

/** Characters to write between two pauses; an item counts as twenty more. */
const stretch = 40_000;

/** The written lines, and whether it is time for a pause. */
interface Written {
  readonly lines: string[];
  readonly isDue: Pace;
}

/**
 * Writes a document for git: in a stable order, with one line for each node and edge if it fits, and the layout last. The same document
 * always gives the same bytes, regardless of the order of its keys.
 */
export const serialiseDocument = (document: WorkflowDocument): string => runThrough(serialiseDocumentSteps(document));

/** `serialiseDocument` in steps. */
export function* serialiseDocumentSteps(document: WorkflowDocument): Steps<string> {
  const lines = ['{', `  "heddle": ${document.heddle},`, `  "name": ${JSON.stringify(document.name)},`];
  if (document.description !== undefined) lines.push(`  "description": ${JSON.stringify(document.description)},`);
  const written = { lines, isDue: createPace(stretch) };
  yield* writeGraph(document, '  ', written);
  const inner = Object.entries(document.workflows ?? {}).sort(byName);
  if (inner.length > 0) {
    addComma(lines);
    lines.push('  "workflows": {');
    for (const [index, [name, workflow]] of inner.entries()) {
      lines.push(`    ${JSON.stringify(name)}: {`);
      if (workflow.title !== undefined) lines.push(`      "title": ${JSON.stringify(workflow.title)},`);
      yield* writeGraph(workflow, '      ', written);
      lines.push(index === inner.length - 1 ? '    }' : '    },');
    }
    lines.push('  }');
  }
  lines.push('}', '');
  return lines.join('\n');
}

/** Writes nodes, edges and layout; the last line has no comma. */
function* writeGraph(
  graph: Pick<InnerWorkflow, 'nodes' | 'edges' | 'layout'>,
  indent: string,
  written: Written,
): Steps<void> {
  const { lines } = written;
  const nodes = Object.entries(graph.nodes).sort(byName);
  const writeNode = ([id, node]: (typeof nodes)[number]) => entryLines(id, ordered(node, nodeKeys), `${indent}  `);
  yield* writeBlock({ name: 'nodes', items: nodes, write: writeNode, indent, brackets: '{}' }, written);
  addComma(lines);
  const writeEdge = (edge: DocumentEdge) => [`${indent}  ${oneLine(ordered(edge, edgeKeys))}`];
  yield* writeBlock({ name: 'edges', items: graph.edges, write: writeEdge, indent, brackets: '[]' }, written);
  if (graph.layout === undefined) return;
  addComma(lines);
  yield* writeLayout(graph.layout, indent, written);
}

function* writeLayout(layout: Layout, indent: string, written: Written): Steps<void> {
  const { lines } = written;
  const inner = `${indent}  `;
  const positions = Object.entries(layout.nodes).sort(byName);
  lines.push(`${indent}"layout": {`);
  const writePosition = ([id, at]: (typeof positions)[number]) => [`${inner}  ${JSON.stringify(id)}: ${oneLine(at)}`];
  yield* writeBlock({ name: 'nodes', items: positions, write: writePosition, indent: inner, brackets: '{}' }, written);
  for (const name of ['notes', 'groups'] as const) {
    addComma(lines);
    const write = (item: object) => [`${inner}  ${oneLine(ordered(item, []))}`];
    yield* writeBlock({ name, items: layout[name], write, indent: inner, brackets: '[]' }, written);
  }
  lines.push(`${indent}}`);
}

function addComma(lines: string[]): void {
  lines.push(`${lines.pop() ?? ''},`);
}

const nodeKeys = ['type', 'version', 'title', 'label', 'config', 'prompts', 'run'];
const edgeKeys = ['from', 'to', 'loop'];

/** Writes a list or an object, one item after the other. */
function* writeBlock<Item>(
  block: {
    readonly name: string;
    readonly items: readonly Item[];
    /** The lines of an item. */
    readonly write: (item: Item) => readonly string[];
    readonly indent: string;
    readonly brackets: '{}' | '[]';
  },
  { lines, isDue }: Written,
): Steps<void> {
  const { name, items, write, indent, brackets } = block;
  if (items.length === 0) {
    lines.push(`${indent}"${name}": ${brackets}`);
    return;
  }
  lines.push(`${indent}"${name}": ${brackets.charAt(0)}`);
  for (const [index, item] of items.entries()) {
    if (index > 0) addComma(lines);
    let characters = 20;
    for (const line of write(item)) {
      lines.push(line);
      characters += line.length;
    }
    if (isDue(characters)) yield;
  }
  lines.push(`${indent}${brackets.charAt(1)}`);
}

function entryLines(key: string, value: unknown, indent: string): string[] {
  const line = `${indent}${JSON.stringify(key)}: ${oneLine(value)}`;
  if (line.length <= widest) return [line];
  return `${indent}${JSON.stringify(key)}: ${JSON.stringify(value, undefined, 2)}`
    .split('\n')
    .map((text, index) => (index === 0 ? text : indent + text));
}

/** JSON on one line with spaces after `{`, `,` and `:`. */
function oneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  if (!isPlainObject(value)) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  if (entries.length === 0) return '{}';
  return `{ ${entries.map(([key, entry]) => `${JSON.stringify(key)}: ${oneLine(entry)}`).join(', ')} }`;
}

/** A copy whose keys come in a fixed order: the named ones first, then by name; nested objects by name. */
function ordered(value: unknown, first: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((entry) => ordered(entry, []));
  if (!isPlainObject(value)) return value;
  const rank = (key: string): number => (first.includes(key) ? first.indexOf(key) : first.length);
  const entries = Object.entries(value)
    .filter(([, entry]) => entry !== undefined)
    .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, entry]) => [key, ordered(entry, [])]));
}

function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;
}
