import {
  canonicalJson,
  fromErrorValue,
  locationOfPath,
  type Journal,
  type LabelledValue,
  type Plan,
  type PlanInput,
  type PlanNode,
  type RunAcceptance,
  type RunEvent,
  type RunEventOf,
} from '@heddle/core';
import type { EngineHost } from '../host.js';
import { elementAt, nestedPrefix, nodeOfPath, prefixOf } from '../paths.js';
import type { Known } from '../presets.js';
import type { Outputs } from '../scheduler/scheduler-types.js';
import { isHandled } from '../tasks/error-port.js';
import { hashOf } from './request-hash.js';
import { questionHash } from './question-hash.js';

interface RecordedExecution {
  readonly node: PlanNode;
  readonly plan: Plan;
  /** The hash of its inputs, labels included. */
  readonly inputs: string;
  readonly gave: Known;
  /** The number of its effects, those of its nested runs included. */
  readonly effects: number;
}

type RecordedAnswer = RunEventOf<'human-input-end'>;

/** What the journal knows about the run that a replay repeats. */
export interface RecordedRun {
  readonly runId: string;
  /** Epoch milliseconds. */
  readonly acceptedAt: number;
  execution(path: string): RecordedExecution | undefined;
  /** The recorded value of a step that had exactly this effect and no other. */
  step(path: string, effect: string): LabelledValue | undefined;
  answer(path: string, hash: string): RecordedAnswer | undefined;
}

/** For a run that repeats no other: nothing was recorded, and stored conversations are read as they are now. */
export const nothingRecorded: RecordedRun = {
  runId: '',
  acceptedAt: Infinity,
  execution: () => undefined,
  step: () => undefined,
  answer: () => undefined,
};

/** Reads the run that a replay repeats. Errors: `run_not_found`, `workflow_invalid`, `storage_*`. */
export async function readRecordedRun(
  host: { readonly journal: Journal } & Pick<EngineHost, 'compile'>,
  runId: string,
): Promise<RecordedRun> {
  const [bundle, acceptance, events] = await Promise.all([
    host.journal.bundle(runId),
    host.journal.acceptance(runId),
    host.journal.events(runId),
  ]);
  return recordedRun(acceptance, await host.compile(bundle), events);
}

/** Sorts the events of a recorded run, so that they can be found by path and content. */
function recordedRun(
  { runId, time }: Pick<RunAcceptance, 'runId' | 'time'>,
  plan: Plan,
  events: readonly RunEvent[],
): RecordedRun {
  const effects = effectsOf(events);
  const { steps, answers } = recordedEffects(events);
  const frames = new Map([['', openRecordedFrame(plan)]]);
  const executions = new Map<string, RecordedExecution>();
  for (const event of events) {
    if (event.type === 'nested-start') {
      const nested = frames.get(prefixOf(event.path))?.plan.workflows.get(event.workflow);
      if (nested !== undefined) frames.set(nestedPrefix(event.path, event.key), openRecordedFrame(nested));
    } else if (event.type === 'node-skip') forgetResult(frames.get(prefixOf(event.path)), event.path);
    else if (event.type === 'node-end' || event.type === 'node-cached' || event.type === 'node-error')
      noteEnd(event, frames.get(prefixOf(event.path)), runId, executions, effects);
  }
  return {
    runId,
    acceptedAt: time,
    execution: (path) => executions.get(path),
    step: (path, effect) => steps.get(`${locationOfPath(path)} ${effect}`),
    answer: (path, hash) => answers.get(`${locationOfPath(path)} ${hash}`),
  };
}

/** The values of steps and the answers of people, by path and hash of the request. */
function recordedEffects(events: readonly RunEvent[]): {
  readonly steps: ReadonlyMap<string, LabelledValue>;
  readonly answers: ReadonlyMap<string, RecordedAnswer>;
} {
  const steps = new Map<string, LabelledValue>();
  const answers = new Map<string, RecordedAnswer>();
  const questions = new Map<string, string>();
  for (const event of events) {
    if (event.type === 'node-step') {
      // A step with several effects is left out: it could be served only in part.
      const [effect, ...more] = event.effects ?? [];
      if (effect !== undefined && more.length === 0)
        setOnce(steps, `${locationOfPath(event.path)} ${effect}`, event.value);
    } else if (event.type === 'human-input-start') {
      questions.set(event.requestId, `${locationOfPath(event.path)} ${questionHash(event.question)}`);
    } else if (event.type === 'human-input-end') {
      const question = questions.get(event.requestId);
      if (question !== undefined) setOnce(answers, question, event);
    }
  }
  return { steps, answers };
}

interface RecordedFrame {
  readonly plan: Plan;
  /** The last outputs of each node, by index. */
  readonly gave: Map<number, Outputs>;
}

const openRecordedFrame = (plan: Plan): RecordedFrame => ({ plan, gave: new Map() });

/** Forgets the result of a node that is skipped in a later iteration. */
function forgetResult(frame: RecordedFrame | undefined, path: string): void {
  const node = frame === undefined ? undefined : nodeOfPath(frame.plan, path);
  if (node !== undefined) frame?.gave.delete(node.index);
}

type EndEvent = RunEventOf<'node-end'> | RunEventOf<'node-cached'> | RunEventOf<'node-error'>;

function noteEnd(
  event: EndEvent,
  frame: RecordedFrame | undefined,
  runId: string,
  executions: Map<string, RecordedExecution>,
  effects: (path: string, node: PlanNode) => number,
): void {
  const node = frame === undefined ? undefined : nodeOfPath(frame.plan, event.path);
  if (frame === undefined || node === undefined) return;
  // By now all its producers have committed, streamed ones too.
  const inputs = inputsHash(node, (input) => recordedInput(frame, input));
  frame.gave.delete(node.index);
  if (event.type !== 'node-error') {
    frame.gave.set(node.index, event.outputs);
    executions.set(event.path, {
      node,
      plan: frame.plan,
      inputs,
      gave: { outputs: event.outputs, origin: runId },
      effects: effects(event.path, node),
    });
    return;
  }
  const error = fromErrorValue(event.error);
  if (event.isCarried) {
    const label = event.label;
    frame.gave.set(node.index, { error: { value: event.error, label: label ?? { level: 'internal', marks: [] } } });
  }
  // A node that was stopped from outside tells nothing about itself.
  if (isHandled(error))
    executions.set(event.path, {
      node,
      plan: frame.plan,
      inputs,
      gave: { error, label: event.label },
      effects: effects(event.path, node),
    });
}

function recordedInput({ plan, gave }: RecordedFrame, input: PlanInput): readonly LabelledValue[] {
  const valueOf = (index: number): LabelledValue | undefined => {
    const { from, fromOutput } = elementAt(plan.edges, index);
    return gave.get(from)?.[elementAt(elementAt(plan.nodes, from).outputs, fromOutput).name];
  };
  const loop = input.loopEdge < 0 ? undefined : valueOf(input.loopEdge);
  const entries = input.edges.flatMap((edge) => valueOf(edge) ?? []);
  if (input.port.mode === 'many') return loop === undefined ? entries : [...entries, loop];
  return loop === undefined ? entries.slice(0, 1) : [loop];
}

/** The hash of the inputs of an execution, with their labels. */
export function inputsHash(node: PlanNode, valuesOf: (input: PlanInput) => readonly LabelledValue[]): string {
  return hashOf(
    node.inputs.map((input) => [
      input.name,
      valuesOf(input).map(({ value, label }) => [value ?? null, label.level, [...label.marks].sort()]),
    ]),
  );
}

/** Whether a node does the same as a node of the recorded run: it has the same type, settings and inner workflows. */
export function isSameNode(node: PlanNode, plan: Plan, before: PlanNode, beforePlan: Plan): boolean {
  return canonicalJson(meaningOf(node, plan)) === canonicalJson(meaningOf(before, beforePlan));
}

/** What a node does, as a value to compare: its type, its settings and its inner workflows. */
export function meaningOf(node: PlanNode, plan: Plan): unknown {
  const { definition, config, label, run, inputs, outputs } = node;
  return [
    ...[definition.type, definition.version, config, label ?? null, run.join, run.isDisabled],
    inputs.map(({ name, port }) => [name, port.type, port.mode]),
    outputs.map(({ name, port }) => [name, port.type]),
    node.references.filter(({ kind }) => kind === 'workflow').map(({ id }) => graphMeaning(plan.workflows.get(id))),
  ];
}

const graphs = new WeakMap<Plan, unknown>();

function graphMeaning(plan: Plan | undefined): unknown {
  if (plan === undefined) return null;
  const known = graphs.get(plan);
  if (known !== undefined) return known;
  const meaning = [
    plan.nodes.map((node) => [node.id, meaningOf(node, plan)]),
    plan.edges.map(({ from, fromOutput, to, toInput, loopOf }) => [from, fromOutput, to, toInput, loopOf]),
    plan.regions.map(({ max, atLimit }) => [max, atLimit]),
  ];
  graphs.set(plan, meaning);
  return meaning;
}

/** Counts the effects of each execution, those of its nested runs included. */
function effectsOf(events: readonly RunEvent[]): (path: string, node: PlanNode) => number {
  const counts = new Map<string, number>();
  const add = (path: string, count: number): void => {
    for (let end = path.length; end > 0; end = path.lastIndexOf('#', end - 1)) {
      const around = path.slice(0, end);
      counts.set(around, (counts.get(around) ?? 0) + count);
    }
  };
  for (const event of events) {
    if (event.type === 'node-step') add(event.path, event.effects?.length ?? 0);
    else if (event.type === 'human-input-end') add(event.path, 1);
  }
  // Older versions did not record the effects of steps.
  return (path, { definition: { effects, stores } }) => {
    const known = counts.get(path) ?? 0;
    const isEffect = stores === true || (effects.includes('network') && !effects.includes('model'));
    return known === 0 && isEffect ? 1 : known;
  };
}

function setOnce<Value>(map: Map<string, Value>, key: string, value: Value): void {
  if (!map.has(key)) map.set(key, value);
}
