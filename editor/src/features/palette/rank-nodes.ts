import type { NodePorts } from '../document/index.js';
import { isAssignable, type NodeDescription, type PortDescription, type PortTypeName } from '@heddle/core';
import { formsOf, isNearly, matchIn, plain, termsOf, type Match } from './search-terms.js';
import { triggerNode } from './trigger-node.js';

/** What a node must be able to connect to: the side and type of the edge's loose end. */
export interface PortRequirement {
  readonly side: 'output' | 'input';
  readonly type: PortTypeName;
  /** For a node that is inserted on an edge: the type at the other end. */
  readonly then?: PortTypeName;
}

/** The port of a node type to which a loose edge would connect; undefined if none matches. */
export function fittingPort(description: NodePorts, wanted: PortRequirement): PortDescription | undefined {
  if (wanted.side === 'output') {
    const fitting = description.inputs.filter((port) => isAssignable(wanted.type, port.type));
    return (
      fitting.find((port) => port.type === wanted.type && !port.isOptional) ??
      fitting.find((port) => port.type === wanted.type) ??
      fitting[0]
    );
  }
  const fitting = description.outputs.filter((port) => isAssignable(port.type, wanted.type));
  return fitting.find((port) => port.type === wanted.type) ?? fitting[0];
}

/** A node type that a search found. The note says how it does something for which there is no node of its own. */
export interface FoundNode {
  readonly node: NodeDescription;
  readonly note?: string;
}

/**
 * Ranks node types for a search, best match first: titles count more than keywords, category and summary. If nothing matches, it accepts
 * typing errors. For a loose edge it returns only matching types, and types whose ports depend on their config and are therefore unknown.
 */
export function rankNodes(
  nodes: readonly NodeDescription[],
  query: string,
  wanted?: PortRequirement,
): readonly FoundNode[] {
  const terms = termsOf(query);
  const fitting = nodes.filter((node) => wanted === undefined || canFit(node, wanted));
  const exact = ranked(fitting, terms, plain(query), termHit, wanted);
  return exact.length > 0 ? exact : ranked(fitting, terms, plain(query), nearHit, wanted);
}

/** What a search offers if nothing matches: the node types that can do almost anything, as far as they fit the edge. */
export function lastResorts(nodes: readonly NodeDescription[], wanted?: PortRequirement): readonly FoundNode[] {
  return Object.entries(resorts).flatMap(([type, note]) => {
    const node = nodes.find((known) => known.type === type);
    return node === undefined || (wanted !== undefined && !canFit(node, wanted)) ? [] : [{ node, note }];
  });
}

const resorts: Readonly<Record<string, string>> = {
  http: 'Calls any service that has an API.',
  code: 'Does anything that a few lines of JavaScript can do.',
  agent: 'Agent tool: an agent uses the tools of a server (MCP), such as search, files or a database.',
  [triggerNode.type]: triggerNode.summary,
};

function ranked(
  nodes: readonly NodeDescription[],
  terms: readonly string[],
  whole: string,
  hitOf: (node: NodeDescription, term: string) => Hit | undefined,
  wanted: PortRequirement | undefined,
): readonly FoundNode[] {
  return nodes
    .flatMap((node) => {
      const hit = hitOfAll(node, terms, whole, hitOf);
      if (hit === undefined) return [];
      const fits = wanted === undefined || fittingPort(node, wanted) !== undefined ? 2 : 1;
      const through = wanted?.then === undefined || passes(node, wanted.type, wanted.then) ? 2 : 1;
      return [{ found: { node, note: hit.note }, score: hit.score * fits * through }];
    })
    .sort((a, b) => b.score - a.score)
    .map(({ found: { node, note } }) => (note === undefined ? { node } : { node, note }));
}

/** Whether a node accepts one type as input and has another type as output. */
function passes(node: NodeDescription, from: PortTypeName, to: PortTypeName): boolean {
  return (
    node.inputs.some((port) => isAssignable(from, port.type)) &&
    node.outputs.some((port) => port.name !== 'error' && isAssignable(port.type, to))
  );
}

/** Whether a node can fit the edge with suitable settings. Whatever its settings, a source has no inputs and a sink no outputs. */
function canFit(node: NodeDescription, wanted: PortRequirement): boolean {
  if (wanted.then !== undefined)
    return node.role === 'step' && (node.hasDynamicPorts || passes(node, wanted.type, wanted.then));
  if (node.role === (wanted.side === 'output' ? 'source' : 'sink')) return false;
  return node.hasDynamicPorts || fittingPort(node, wanted) !== undefined;
}

/** How well a node type matches, with the note if a `standsFor` entry matched. */
interface Hit {
  readonly score: number;
  readonly note?: string | undefined;
}

/**
 * The match of a whole search: every term must match, or the search text as a whole. An empty search matches every node equally, so that
 * their order stays.
 */
function hitOfAll(
  node: NodeDescription,
  terms: readonly string[],
  whole: string,
  hitOf: (node: NodeDescription, term: string) => Hit | undefined,
): Hit | undefined {
  if (terms.length === 0) return { score: 1 };
  const entire = whole.includes(' ') ? hitOf(node, whole) : undefined;
  const hits = terms.map((term) => hitOf(node, term));
  if (entire === undefined && hits.includes(undefined)) return undefined;
  const [best] = [entire, ...hits].filter((hit) => hit !== undefined).sort((a, b) => b.score - a.score);
  const sum = hits.reduce((total, hit) => total + (hit?.score ?? 0), 1);
  return { score: sum + 2 * (entire?.score ?? 0), note: best?.note };
}

/** The points for a match in each part of a description. A title counts most, and a match inside another word least. */
const points = {
  title: { whole: 10, start: 8, part: 7, inside: 1.5 },
  keyword: { whole: 6, start: 4.5, part: 4, inside: 0 },
  standsFor: { whole: 5.5, start: 4, part: 3.5, inside: 0 },
  category: { whole: 2.5, start: 2.5, part: 2.5, inside: 0 },
  summary: { whole: 2, start: 2, part: 2, inside: 1 },
} as const satisfies Readonly<Record<string, Readonly<Record<Match, number>>>>;

function termHit(node: NodeDescription, term: string): Hit | undefined {
  let best: Hit = { score: 0 };
  const take = (part: keyof typeof points, text: string, form: string, note?: string): void => {
    const match = matchIn(text, form);
    // Another form of the term counts a little less than the term itself.
    const score = match === undefined ? 0 : points[part][match] * (form === term ? 1 : 0.9);
    if (score > best.score) best = { score, note };
  };
  for (const form of formsOf(term)) {
    take('title', plain(node.title), form);
    take('title', node.type, form);
    for (const keyword of node.keywords ?? []) take('keyword', keyword.toLowerCase(), form);
    for (const { names, note } of node.standsFor ?? [])
      for (const name of names) take('standsFor', name.toLowerCase(), form, note);
    take('category', node.category, form);
    take('summary', plain(node.summary), form);
  }
  return best.score === 0 ? undefined : best;
}

/** The match of a term that may have a typing error. */
function nearHit(node: NodeDescription, term: string): Hit | undefined {
  const isNear = (text: string): boolean => formsOf(term).some((form) => isNearly(text, form));
  if ([node.type, ...plain(node.title).split(' ')].some(isNear)) return { score: 3 };
  const keywords = (node.keywords ?? []).map((keyword) => keyword.toLowerCase());
  if (keywords.some(isNear)) return { score: 2 };
  const stands = (node.standsFor ?? []).find(({ names }) => names.some((name) => isNear(name.toLowerCase())));
  if (stands !== undefined) return { score: 1.8, note: stands.note };
  if (keywords.some((keyword) => keyword.split(' ').some(isNear))) return { score: 1.5 };
  return termHit(node, term);
}
