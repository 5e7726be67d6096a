import { splitEnd, type DocumentEdge } from '@heddle/core';
import { groupIn, iterationsOf, nodeOf, scopeOf } from './execution-path.js';
import { loopsAround } from './loop-mates.js';
import type { RunView } from '../fold/run-view.js';

/** An edge to an input with the execution that produces its value; undefined if that has not started. */
export interface InputSource {
  readonly edge: DocumentEdge;
  readonly path: string | undefined;
}

/**
 * The sources of an execution's inputs, one for each edge. An edge takes its value from the same iteration, a loop edge from the previous
 * one. If a loop edge replaces the value of another edge in this iteration, that edge is left out.
 */
export function inputSources(
  edges: readonly DocumentEdge[],
  run: Pick<RunView, 'pathsOf' | 'execution'>,
  path: string,
): readonly InputSource[] {
  const node = nodeOf(path);
  const sources = edges
    .filter((edge) => splitEnd(edge.to)?.node === node)
    .flatMap((edge) => sourceOf(edges, run, path, edge) ?? []);
  const carries = ({ edge, path: from }: InputSource): boolean =>
    from !== undefined && Object.hasOwn(run.execution(from)?.outputs ?? {}, splitEnd(edge.from)?.port ?? '');
  const carried = new Set(sources.filter((source) => source.edge.loop !== undefined && carries(source)).map(toInput));
  const entered = new Set(sources.filter(({ edge }) => edge.loop === undefined).map(toInput));
  return sources.filter((source) =>
    source.edge.loop === undefined ? !carried.has(toInput(source)) : carries(source) || !entered.has(toInput(source)),
  );
}

const toInput = ({ edge }: InputSource): string => edge.to;

/** The source of one edge. Undefined for a loop edge in the first iteration, when it has no value yet. */
function sourceOf(
  edges: readonly DocumentEdge[],
  run: Pick<RunView, 'pathsOf'>,
  path: string,
  edge: DocumentEdge,
): InputSource | undefined {
  const source = splitEnd(edge.from)?.node ?? '';
  const paths = run.pathsOf(groupIn(scopeOf(path), source));
  const iterations = iterationsOf(path);
  const loops = loopsAround(edges, nodeOf(path));
  const shared = loops.filter(({ nodes }) => nodes.has(source));
  const round =
    edge.loop === undefined
      ? iterations.slice(0, shared.length)
      : roundBefore(
          iterations,
          loops.findIndex((loop) => loop.source === source && loop.target === nodeOf(path)),
        );
  if (round === undefined) return undefined;
  return { edge, path: paths.findLast((candidate) => startsWith(iterationsOf(candidate), round)) };
}

/** The iterations up to this level, with the previous one at this level; undefined in the first iteration. */
function roundBefore(iterations: readonly number[], at: number): readonly number[] | undefined {
  const current = iterations[at];
  return current === undefined || current === 0 ? undefined : [...iterations.slice(0, at), current - 1];
}

function startsWith(iterations: readonly number[], round: readonly number[]): boolean {
  return round.every((number, index) => iterations[index] === number);
}
