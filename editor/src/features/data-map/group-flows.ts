import { isAtMost, type CompileReply, type Issue, type LabelLevel } from '@heddle/core';

export type Flow = CompileReply['dataMap'][number];

/** A way on which data can reach a destination. */
export interface FlowLine extends Flow {
  /** The id of the node in this graph. In the flow's `node`, the part after a `/` lies inside that node. */
  readonly nodeId: string;
  /**
   * `refused`: a run with such data fails. `left-out`: the run continues, and the destination gets no data. `passed-over`: the node chooses
   * another destination when the data is above the clearance.
   */
  readonly excess: 'refused' | 'left-out' | 'passed-over' | undefined;
}

/** A destination outside the workflow, with all flows that can reach it. */
export interface Destination {
  readonly key: string;
  readonly name: string;
  readonly kind: Flow['kind'];
  readonly isLocal: boolean;
  readonly clearance: LabelLevel | undefined;
  readonly flows: readonly FlowLine[];
  /** The strictest label that can reach it. */
  readonly highest: LabelLevel;
  readonly isExceeded: boolean;
}

const levels: readonly LabelLevel[] = ['public', 'internal', 'confidential', 'restricted'];

/** Channels that leave out data above their clearance while the run continues. */
const leavesOut: ReadonlySet<Flow['kind']> = new Set(['webhook', 'share', 'download']);

/**
 * Groups the data map by destination. Destinations that could get data above their clearance come first, then those outside this machine,
 * then the rest.
 */
export function groupFlows(flows: readonly Flow[], issues: readonly Issue[]): readonly Destination[] {
  const exceeding = new Set(
    issues.flatMap(({ code, node }) => (code === 'label-exceeds' && node !== undefined ? [node] : [])),
  );
  const groups = new Map<string, FlowLine[]>();
  for (const flow of flows) {
    const key = `${flow.kind} ${flow.destination} ${flow.clearance ?? ''}`;
    const nodeId = flow.node.split('/')[0] ?? flow.node;
    const isOver = flow.clearance !== undefined && !isAtMost(flow.level, flow.clearance);
    const excess = !isOver
      ? undefined
      : leavesOut.has(flow.kind)
        ? 'left-out'
        : exceeding.has(nodeId)
          ? 'refused'
          : 'passed-over';
    groups.set(key, [...(groups.get(key) ?? []), { ...flow, nodeId, excess }]);
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
          key,
          kind: first.kind,
          isLocal: first.isLocal,
          clearance: first.clearance,
          flows: lines,
          highest,
          name: first.destination,
          isExceeded: lines.some(({ excess }) => excess === 'refused' || excess === 'left-out'),
        },
      ];
    })
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

const rank = ({ isExceeded, isLocal }: Destination): number => (isExceeded ? 0 : isLocal ? 2 : 1);

export const flowText: Readonly<Record<Flow['kind'], string>> = {
  model: 'Model',
  network: 'Web address',
  tool: 'Tool',
  collection: 'Collection',
  thread: 'Conversation',
  facts: 'Facts',
  reply: 'Reply',
  webhook: 'Webhook',
  share: 'Share page',
  download: 'Download',
};
