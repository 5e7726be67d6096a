import { isPlainObject, replayQuestionKey, type LabelledValue, type PlanInput } from '@heddle/core';
import { gatherInputs } from '../calls/gather.js';
import { carriedEdge } from '../frames/frame-values.js';
import type { Known, Presets } from '../presets.js';
import type { Task } from '../run/run-tree.js';
import { EdgeState } from '../scheduler/scheduler-types.js';
import { inputsHash, isSameNode } from './recorded-run.js';
import { labelled, writeReplayDecision, type Replay, type ReplayWriting } from './replay.js';

/** The results that a replay takes over: those of nodes that did not change and have the same inputs, and those that a person entered. */
export function createReplayPresets(run: ReplayWriting, replay: Replay): Presets {
  return {
    outcomeOf: (task) => givenByPerson(run, replay, task) ?? recordedResult(run, replay, task),
    selectionOf: () => ({ isPreset: () => false, isSelected: () => true }),
  };
}

function recordedResult(run: ReplayWriting, replay: Replay, task: Task): Known | undefined {
  const { node, frame, path } = task;
  if (node.definition.role !== 'step') return undefined;
  const before = replay.recorded.execution(path);
  if (before === undefined || !isSameNode(node, frame.plan, before.node, before.plan)) return undefined;
  if (before.inputs !== inputsHash(node, (input) => valuesOf(task, input))) return undefined;
  const { effects } = before;
  if (effects > 0)
    writeReplayDecision(run, replay, task, {
      outcome: 'served',
      call: node.definition.type,
      target: node.title,
      count: effects,
    });
  return before.gave;
}

/** The values of an input, as its producers returned them. */
export function valuesOf({ frame, node }: Task, input: PlanInput): readonly LabelledValue[] {
  const { scheduler } = frame;
  const valueOf = (edge: number): readonly LabelledValue[] => {
    const value = scheduler.valueOf(edge);
    return value === undefined ? [] : [value];
  };
  if (input.port.mode !== 'many') {
    const edge = carriedEdge(frame, node, input);
    return edge < 0 ? [] : valueOf(edge);
  }
  const edges = input.loopEdge < 0 ? input.edges : [...input.edges, input.loopEdge];
  return edges
    .filter((edge) => scheduler.stateOfEdge(edge) === EdgeState.Carried && scheduler.isUsed(node.index, edge))
    .flatMap(valueOf);
}

/** The outputs that a person entered for a node whose effect was never recorded. */
function givenByPerson(run: ReplayWriting, replay: Replay, task: Task): Known | undefined {
  const end = task.history?.requests.get(replayQuestionKey)?.end;
  if (end?.outcome !== 'answered' || !isPlainObject(end.value)) return undefined;
  // Joins the labels of the inputs, because the outputs depend on them.
  gatherInputs(task);
  writeReplayDecision(run, replay, task, { outcome: 'stubbed', call: 'people', target: task.node.title });
  return { outputs: labelled(task, end.value), origin: replay.recorded.runId };
}
