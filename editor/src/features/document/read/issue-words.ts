import { splitEnd, type Issue } from '@heddle/core';
import type { CatalogState } from '../catalog-store.js';
import type { DocumentState } from '../document-store.js';
import { portsOfNode, titleOfNode } from './ports-in.js';
import { schemaFields } from '../../../ui/schema-form/schema-field.js';

type Where = Pick<DocumentState, 'document' | 'compiled'>;

/** The subject and message of an issue for display. */
export interface IssueWords {
  /** Its node, with the setting or the port; an edge by its two ends; else the workflow. */
  readonly place: string;
  readonly message: string;
  readonly fix: string | undefined;
}

/** The message of an issue with titles instead of ids for nodes, ports and settings. */
export function issueWords(issue: Issue, where: Where, byType: CatalogState['byType']): IssueWords {
  const title = (nodeId: string): string => titleOfNode(where, byType, nodeId);
  const port = (nodeId: string, name: string): string | undefined => {
    const ports = portsOfNode(where, byType, nodeId);
    return [...(ports?.inputs ?? []), ...(ports?.outputs ?? [])].find((known) => known.name === name)?.title;
  };
  const isNode = (id: string): boolean => where.document?.nodes[id] !== undefined;

  /** `search.query` as “Search” (Question). */
  const endWords = (end: string): string | undefined => {
    const { node = end, port: name } = splitEnd(end) ?? {};
    if (!isNode(node)) return undefined;
    return name === undefined ? `“${title(node)}”` : `“${title(node)}” (${port(node, name) ?? name})`;
  };
  const edgeWords = (edge: string): string | undefined => {
    const [from = '', to = ''] = edge.split('->');
    const ends = [endWords(from), endWords(to)];
    return ends.includes(undefined) ? undefined : ends.join(' → ');
  };
  const named = (text: string): string =>
    text.replace(quoted, (whole, before: string | undefined, name: string) => {
      if (before === undefined) return (name.includes('->') ? edgeWords(name) : endWords(name)) ?? whole;
      const known = /^(?:in|out)put /.test(before) && issue.node !== undefined ? port(issue.node, name) : undefined;
      return known === undefined ? whole : `${before}“${known}”`;
    });
  return {
    place: placeOf(issue, { title, port, edgeWords, where, byType }),
    message: named(issue.message),
    fix: issue.fix === undefined ? undefined : named(issue.fix),
  };
}

/** Quoted text, after a word that shows that it is not a node. */
const quoted =
  /((?:input|output|collection|model|workflow|tool|node type|give|take|Correct|of version \d+ of|Version \d+ of) )?'([^'\s]+)'/g;

interface Titles {
  readonly title: (nodeId: string) => string;
  readonly port: (nodeId: string, name: string) => string | undefined;
  readonly edgeWords: (edge: string) => string | undefined;
  readonly where: Where;
  readonly byType: CatalogState['byType'];
}

function placeOf({ node, port: name, field, edge }: Issue, titles: Titles): string {
  if (node === undefined) return edge === undefined ? 'Workflow' : (titles.edgeWords(edge) ?? edge);
  const part = name === undefined ? fieldTitle(node, field, titles) : (titles.port(node, name) ?? name);
  return part === undefined ? titles.title(node) : `${titles.title(node)} › ${part}`;
}

/** The title of a setting; for a nested one, the outer one's. */
function fieldTitle(node: string, field: string | undefined, { where, byType }: Titles): string | undefined {
  if (field === undefined || field === '') return undefined;
  if (field.startsWith('run.')) return 'Retries and timeouts';
  const description = byType.get(where.document?.nodes[node]?.type ?? '');
  const first = field.split('.')[0] ?? field;
  if (description === undefined) return field;
  return schemaFields(description.config, description.defaults).find(({ name }) => name === first)?.title ?? field;
}
