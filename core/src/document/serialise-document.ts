import { isPlainObject } from '../values/json.js';
import type { InnerWorkflow, WorkflowDocument } from './workflow-document.js';

const widest = 120;

/**
 * Writes a document for git: stable order, one node and one edge a line where they fit, the layout last. The same document
 * gives the same bytes, whatever order its keys had.
 */
export function serialiseDocument(document: WorkflowDocument): string {
  const lines = ['{', `  "heddle": ${document.heddle},`, `  "name": ${JSON.stringify(document.name)},`];
  if (document.description !== undefined) lines.push(`  "description": ${JSON.stringify(document.description)},`);
  lines.push(...graphLines(document, '  '));
  const inner = Object.entries(document.workflows ?? {}).sort(byName);
  if (inner.length > 0) {
    addComma(lines);
    lines.push('  "workflows": {');
    inner.forEach(([name, workflow], index) => lines.push(...innerLines(name, workflow, index === inner.length - 1)));
    lines.push('  }');
  }
  lines.push('}', '');
  return lines.join('\n');
}

function innerLines(name: string, workflow: InnerWorkflow, isLast: boolean): string[] {
  const title = workflow.title === undefined ? [] : [`      "title": ${JSON.stringify(workflow.title)},`];
  return [`    ${JSON.stringify(name)}: {`, ...title, ...graphLines(workflow, '      '), isLast ? '    }' : '    },'];
}

/** nodes, edges and layout; the last line has no comma. */
function graphLines(graph: Pick<InnerWorkflow, 'nodes' | 'edges' | 'layout'>, indent: string): string[] {
  const nodes = Object.entries(graph.nodes).sort(byName);
  const lines = block(
    'nodes',
    nodes.map(([id, node]) => entryLines(id, ordered(node, nodeKeys), `${indent}  `)),
    indent,
    '{}',
  );
  addComma(lines);
  lines.push(
    ...block(
      'edges',
      graph.edges.map((edge) => [`${indent}  ${oneLine(ordered(edge, edgeKeys))}`]),
      indent,
      '[]',
    ),
  );
  if (graph.layout === undefined) return lines;
  addComma(lines);
  const layout = graph.layout;
  const places = Object.entries(layout.nodes).sort(byName);
  lines.push(`${indent}"layout": {`);
  lines.push(
    ...block(
      'nodes',
      places.map(([id, at]) => [`${indent}    ${JSON.stringify(id)}: ${oneLine(at)}`]),
      `${indent}  `,
      '{}',
    ),
  );
  addComma(lines);
  lines.push(
    ...block(
      'notes',
      layout.notes.map((note) => [`${indent}    ${oneLine(ordered(note, []))}`]),
      `${indent}  `,
      '[]',
    ),
  );
  addComma(lines);
  lines.push(
    ...block(
      'groups',
      layout.groups.map((group) => [`${indent}    ${oneLine(ordered(group, []))}`]),
      `${indent}  `,
      '[]',
    ),
  );
  lines.push(`${indent}}`);
  return lines;
}

function addComma(lines: string[]): void {
  lines.push(`${lines.pop() ?? ''},`);
}

const nodeKeys = ['type', 'version', 'title', 'label', 'config', 'run'];
const edgeKeys = ['from', 'to', 'loop'];

function block(name: string, items: readonly (readonly string[])[], indent: string, brackets: '{}' | '[]'): string[] {
  if (items.length === 0) return [`${indent}"${name}": ${brackets}`];
  const lines = [`${indent}"${name}": ${brackets.charAt(0)}`];
  items.forEach((item, index) => {
    lines.push(...item.slice(0, -1), `${item[item.length - 1] ?? ''}${index === items.length - 1 ? '' : ','}`);
  });
  lines.push(`${indent}${brackets.charAt(1)}`);
  return lines;
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
