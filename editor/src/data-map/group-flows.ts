import { isAtMost, type CompileReply, type Issue, type LabelLevel } from '@heddle/core';

export type Flow = CompileReply['dataMap'][number];

/** One way that data can take to a destination. */
export interface FlowLine extends Flow {
  /** The node of this graph; what comes after a `/` lies inside it. */
  readonly place: string;
  /**
   * `refused`: a run that brings it there is refused. `left-out`: the run goes on, and it is not told there. `passed-over`: the node chooses
   * another when the data is above the ceiling.
   */
  readonly excess: 'refused' | 'left-out' | 'passed-over' | undefined;
}

/** A place outside the workflow, and everything that can reach it. */
export interface Destination {
  readonly key: string;
  readonly name: string;
  readonly kind: Flow['kind'];
  readonly isLocal: boolean;
  readonly ceiling: LabelLevel | undefined;
  readonly flows: readonly FlowLine[];
  /** The strictest that can reach it. */
  readonly highest: LabelLevel;
  readonly isExceeded: boolean;
}

const levels: readonly LabelLevel[] = ['public', 'internal', 'confidential', 'restricted'];

/** Doors that keep back what is above their ceiling, while the run goes on. */
const leavesOut: ReadonlySet<Flow['kind']> = new Set(['webhook', 'share', 'download']);

/** The data map by destination: those that could get too much first, then what leaves this machine, then the rest. */
export function groupFlows(flows: readonly Flow[], issues: readonly Issue[]): readonly Destination[] {
  const exceeding = new Set(
    issues.flatMap(({ code, node }) => (code === 'label-exceeds' && node !== undefined ? [node] : [])),
  );
  const groups = new Map<string, FlowLine[]>();
  for (const flow of flows) {
    const key = `${flow.kind} ${flow.destination} ${flow.ceiling ?? ''}`;
    const place = flow.node.split('/')[0] ?? flow.node;
    const isOver = flow.ceiling !== undefined && !isAtMost(flow.level, flow.ceiling);
    const excess = !isOver
      ? undefined
      : leavesOut.has(flow.kind)
        ? 'left-out'
        : exceeding.has(place)
          ? 'refused'
          : 'passed-over';
    groups.set(key, [...(groups.get(key) ?? []), { ...flow, place, excess }]);
  }
  return [...groups]
    .flatMap(([key, lines]): Destination[] => {
      const [first] = lines;
      if (first === undefined) return [];
      const highest = lines.reduce<LabelLevel>(
        (level, line) => (levels.indexOf(line.level) > levels.indexOf(level) ? line.level : level),
        'public',
      );
      return [
        {
          ...{ key, kind: first.kind, isLocal: first.isLocal, ceiling: first.ceiling, flows: lines, highest },
          name: first.destination,
          isExceeded: lines.some(({ excess }) => excess === 'refused' || excess === 'left-out'),
        },
      ];
    })
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

const rank = ({ isExceeded, isLocal }: Destination): number => (isExceeded ? 0 : isLocal ? 2 : 1);

export const flowWords: Readonly<Record<Flow['kind'], string>> = {
  model: 'Model',
  network: 'Address of the web',
  tool: 'Tool',
  collection: 'Collection',
  reply: 'Reply',
  webhook: 'Webhook',
  share: 'Share page',
  download: 'Download',
};
