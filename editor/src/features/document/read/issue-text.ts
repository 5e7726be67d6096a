import { splitEnd, type Issue } from '@heddle/core';
import type { CatalogState } from '../catalog-store.js';
import type { DocumentState } from '../document-store.js';
import { portsOfNode, titleOfNode } from './ports-in.js';
import { schemaFields } from '../../../ui/schema-form/schema-field.js';

type Where = Pick<DocumentState, 'document' | 'compiled'>;

/** The subject and message of an issue for display. */
export interface IssueTexts {
  /** Where the issue is: a node with its setting or port, an edge with its two ends, or else the workflow. */
  readonly location: string;
  readonly message: string;
  readonly fix: string | undefined;
}

/** Formats an issue with titles instead of the ids of nodes, ports and settings. */
export function issueText(issue: Issue, where: Where, byType: CatalogState['byType']): IssueTexts {
  const title = (nodeId: string): string => titleOfNode(where, byType, nodeId);
  const port = (nodeId: string, name: string): string | undefined => {
    const ports = portsOfNode(where, byType, nodeId);
    return [...(ports?.inputs ?? []), ...(ports?.outputs ?? [])].find((known) => known.name === name)?.title;
  };
  const isNode = (id: string): boolean => where.document?.nodes[id] !== undefined;

  /** For example, `search.query` becomes “Search” (Question). */
  const endText = (end: string): string | undefined => {
    const { node = end, port: name } = splitEnd(end) ?? {};
    if (!isNode(node)) return undefined;
    return name === undefined ? `“${title(node)}”` : `“${title(node)}” (${port(node, name) ?? name})`;
  };
  const edgeText = (edge: string): string | undefined => {
    const [from = '', to = ''] = edge.split('->');
    const ends = [endText(from), endText(to)];
    return ends.includes(undefined) ? undefined : ends.join(' → ');
  };
  const named = (text: string): string =>
    text.replace(quoted, (whole, before: string | undefined, name: string) => {
      if (before === undefined) return (name.includes('->') ? edgeText(name) : endText(name)) ?? whole;
      const known = /^(?:in|out)put /.test(before) && issue.node !== undefined ? port(issue.node, name) : undefined;
      return known === undefined ? whole : `${before}“${known}”`;
    });
  return {
    location: locationOf(issue, { title, port, edgeText, where, byType }),
    message: named(issue.message),
    fix: issue.fix === undefined ? undefined : named(issue.fix),
  };
}

/** Quoted text. A preceding word shows that the quoted name is not that of a node. */
const quoted =
  /((?:input|output|collection|model|workflow|tool|node type|give|take|Correct|of version \d+ of|Version \d+ of) )?'([^'\s]+)'/g;

interface Titles {
  readonly title: (nodeId: string) => string;
  readonly port: (nodeId: string, name: string) => string | undefined;
  readonly edgeText: (edge: string) => string | undefined;
  readonly where: Where;
  readonly byType: CatalogState['byType'];
}

function locationOf({ node, port: name, field, edge }: Issue, titles: Titles): string {
  if (node === undefined) return edge === undefined ? 'Workflow' : (titles.edgeText(edge) ?? edge);
  const part = name === undefined ? fieldTitle(node, field, titles) : (titles.port(node, name) ?? name);
  return part === undefined ? titles.title(node) : `${titles.title(node)} › ${part}`;
}

/** The title of a setting. A nested setting has the title of the outer one. */
function fieldTitle(node: string, field: string | undefined, { where, byType }: Titles): string | undefined {
  if (field === undefined || field === '') return undefined;
  if (field.startsWith('run.')) return 'Retries and timeouts';
  const description = byType.get(where.document?.nodes[node]?.type ?? '');
  const first = field.split('.')[0] ?? field;
  if (description === undefined) return field;
  return schemaFields(description.config, description.defaults).find(({ name }) => name === first)?.title ?? field;
}
