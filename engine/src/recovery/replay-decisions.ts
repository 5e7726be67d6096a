import { defaultLabel, errorPortName, type Plan, type RunEvent } from '@heddle/core';
import { bypassOutputs } from '../frames/frame-values.js';
import type { SettlingEvent } from './history.js';
import { Frame } from '../run/run-tree.js';
import { elementAt, nestedPrefix, nodeOfPath, prefixOf } from '../paths.js';
import { NodeState, type SchedulerListener, type SkipReason } from '../scheduler/scheduler-types.js';

// Replay needs no clock: decisions follow from the plan and from the results in the journal, in their order.

/** What a scheduler decided. */
export type Decision =
  | { readonly type: 'ready'; readonly path: string }
  | { readonly type: 'node-skip'; readonly path: string; readonly reason: SkipReason }
  | { readonly type: 'loop-next'; readonly path: string; readonly iteration: number }
  | { readonly type: 'loop-limit'; readonly path: string };

interface Replayed {
  readonly frame: Frame;
  readonly decisions: Decision[];
  hasStopped: boolean;
}

/**
 * Makes the decisions of a run again from its plan and its events, or from the first of its events. In the result, the key `` holds the
 * decisions of the run itself; those of a nested run have its path prefix as their key.
 *
 * @example replayDecisions(plan, await journal.events(runId)).get('')
 */
export function replayDecisions(
  plan: Plan,
  events: readonly Pick<RunEvent, 'type'>[],
): ReadonlyMap<string, readonly Decision[]> {
  const frames = new Map<string, Replayed>();
  // Events of a fixture have no run id; no decision depends on it.
  for (const event of events as readonly RunEvent[]) {
    switch (event.type) {
      case 'run-start':
        frames.set('', open(plan, ''));
        break;
      case 'nested-start': {
        const around = frames.get(prefixOf(event.path))?.frame.plan.workflows.get(event.workflow);
        const prefix = nestedPrefix(event.path, event.key);
        if (around !== undefined && !frames.has(prefix)) frames.set(prefix, open(around, prefix));
        break;
      }
      case 'node-end':
      case 'node-cached':
      case 'node-error':
        settle(frames.get(prefixOf(event.path)), event);
        break;
      default:
        break;
    }
  }
  return new Map([...frames].map(([prefix, { decisions }]) => [prefix, decisions]));
}

function open(plan: Plan, prefix: string): Replayed {
  const decisions: Decision[] = [];
  const frame: Frame = new Frame({
    plan,
    prefix,
    depth: 0,
    inputs: {},
    parent: undefined,
    listener: (owner) => listenerOf(owner, () => replayed),
    onSettled: () => undefined,
  });
  const replayed: Replayed = { frame, decisions, hasStopped: false };
  frame.scheduler.begin();
  return replayed;
}

function settle(replayed: Replayed | undefined, event: SettlingEvent): void {
  if (replayed === undefined || replayed.hasStopped) return;
  const { scheduler, plan } = replayed.frame;
  const node = nodeOfPath(plan, event.path);
  if (node === undefined || scheduler.stateOf(node.index) >= NodeState.Done) return;
  if (event.type !== 'node-error') {
    scheduler.complete(node.index, event.outputs);
    return;
  }
  const outputs = event.isCarried
    ? { [errorPortName]: { value: event.error, label: event.label ?? defaultLabel } }
    : undefined;
  if (scheduler.fail(node.index, outputs) === 'fatal') replayed.hasStopped = true;
}

function listenerOf(frame: Frame, replayed: () => Replayed): SchedulerListener {
  const decide = (decision: Decision): void => {
    if (!replayed().hasStopped) replayed().decisions.push(decision);
  };
  const pathAt = (index: number): string => frame.pathOf(frame.nodeAt(index));
  return {
    ready: (index) => decide({ type: 'ready', path: pathAt(index) }),
    skip: (index, reason) => decide({ type: 'node-skip', path: pathAt(index), reason }),
    bypass: (index) => {
      decide({ type: 'node-skip', path: pathAt(index), reason: 'disabled' });
      return bypassOutputs(frame, frame.nodeAt(index));
    },
    loopNext: (region, iteration) => {
      const path = pathAt(elementAt(frame.plan.regions, region).target).replace(/\d+$/, String(iteration));
      decide({ type: 'loop-next', path, iteration });
    },
    loopLimit: (region) => {
      const { source, atLimit } = elementAt(frame.plan.regions, region);
      decide({ type: 'loop-limit', path: pathAt(source) });
      if (atLimit === 'fail') replayed().hasStopped = true;
    },
  };
}
