import type { NodePorts } from '../document/index.js';
import { isAssignable, type NodeDescription, type PortDescription, type PortTypeName } from '@heddle/core';

/** A search for an edge: the type at its loose end. */
export interface Wanted {
  readonly side: 'output' | 'input';
  readonly type: PortTypeName;
  /** The type at the other end, for a node in the middle of an edge. */
  readonly then?: PortTypeName;
}

/** The port of a node type that a loose edge would connect to; undefined where none matches. */
export function fittingPort(description: NodePorts, wanted: Wanted): PortDescription | undefined {
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

/**
 * Node types for a search, best first: matches in the title before those in type, category and summary. With a loose edge only matching
 * ones; node types whose ports depend on their config stay, as their ports are unknown.
 */
export function rankNodes(
  nodes: readonly NodeDescription[],
  query: string,
  wanted?: Wanted,
): readonly NodeDescription[] {
  const terms = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return nodes
    .filter((node) => wanted === undefined || canFit(node, wanted))
    .map((node) => ({
      node,
      score:
        scoreOf(node, terms) *
        (wanted === undefined || fittingPort(node, wanted) !== undefined ? 2 : 1) *
        (wanted?.then === undefined || passes(node, wanted.type, wanted.then) ? 2 : 1),
    }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ node }) => node);
}

/** Whether one type can go in and another can come out. */
function passes(node: NodeDescription, from: PortTypeName, to: PortTypeName): boolean {
  return (
    node.inputs.some((port) => isAssignable(from, port.type)) &&
    node.outputs.some((port) => port.name !== 'error' && isAssignable(port.type, to))
  );
}

/** A source has no inputs and a sink no outputs, whatever their settings. */
function canFit(node: NodeDescription, wanted: Wanted): boolean {
  if (wanted.then !== undefined)
    return node.role === 'step' && (node.hasDynamicPorts || passes(node, wanted.type, wanted.then));
  if (node.role === (wanted.side === 'output' ? 'source' : 'sink')) return false;
  return node.hasDynamicPorts || fittingPort(node, wanted) !== undefined;
}

/** Every word must match somewhere; 1 for an empty search, so that the order stays. */
function scoreOf(node: NodeDescription, terms: readonly string[]): number {
  let sum = 1;
  for (const word of terms) {
    const score = wordScore(node, word);
    if (score === 0) return 0;
    sum += score;
  }
  return sum;
}

function wordScore(node: NodeDescription, word: string): number {
  const title = node.title.toLowerCase();
  if (title === word || node.type === word) return 10;
  if (title.startsWith(word) || node.type.startsWith(word)) return 8;
  if (title.includes(word) || node.type.includes(word)) return 5;
  if (node.category.includes(word)) return 3;
  return node.summary.toLowerCase().includes(word) ? 2 : 0;
}
