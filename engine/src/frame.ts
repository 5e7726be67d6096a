import {
  errorPortName,
  type HeddleError,
  joinLabels,
  type Label,
  type LabelledValue,
  passThrough,
  type Plan,
  type PlanNode,
} from '@heddle/core';
import { carriedEdge, convertAlong, typeOfEdge } from './gather.js';
import { elementAt, executionPath } from './paths.js';
import { Scheduler } from './scheduler/scheduler.js';
import { NodeState, type Outputs, type SchedulerListener, type Selection } from './scheduler/scheduler-types.js';
import type { StreamBuffer } from './streams/streams.js';
import type { Task } from './task.js';

/** Why a frame stops before its end. */
export type Stop =
  | { readonly type: 'failed'; readonly error: HeddleError; readonly path: string; readonly label?: Label | undefined }
  /** `error`: the fault for which the host gives the run up. */
  | { readonly type: 'cancelled'; readonly error?: HeddleError | undefined }
  | { readonly type: 'aborted'; readonly error: HeddleError }
  | { readonly type: 'held'; readonly reason: string }
  | { readonly type: 'released' }
  | { readonly type: 'lost'; readonly error: HeddleError };

/** A nested run's place in the execution that asked for it. */
export interface Parent {
  readonly task: Task;
  readonly key: string;
}

/** One run of one plan: the run itself, or a nested run under a longer path. */
export class Frame {
  readonly scheduler: Scheduler;
  readonly tasks: (Task | undefined)[];
  /** Executions that go on by themselves. */
  active = 0;
  parked = 0;
  /** Functions that have not come back. */
  live = 0;
  /** Results being committed. */
  committing = 0;
  /** Nested runs of its executions that are open. */
  children = 0;
  stop: Stop | undefined;
  isFinished = false;
  private readonly buffers = new Map<number, StreamBuffer>();

  constructor(
    readonly plan: Plan,
    readonly prefix: string,
    readonly depth: number,
    readonly inputs: Readonly<Record<string, LabelledValue>>,
    readonly parent: Parent | undefined,
    listener: (frame: Frame) => SchedulerListener,
    selection: ((frame: Frame) => Selection | undefined) | undefined,
    readonly onSettled: (task: Task) => void,
  ) {
    this.tasks = new Array<Task | undefined>(plan.nodes.length).fill(undefined);
    this.scheduler = new Scheduler(plan, listener(this), selection?.(this));
  }

  nodeAt(index: number): PlanNode {
    return elementAt(this.plan.nodes, index);
  }

  pathOf(node: PlanNode): string {
    return executionPath(this.prefix, node, this.scheduler.iterations);
  }

  get isParked(): boolean {
    return this.active === 0 && this.parked > 0 && this.stop === undefined && !this.isFinished;
  }

  /** What sinks received, by the names of their inputs. */
  outputs(): Outputs {
    const outputs: Record<string, LabelledValue> = {};
    for (const sink of this.plan.sinks) {
      const node = this.nodeAt(sink);
      if (this.scheduler.stateOf(sink) !== NodeState.Done) continue;
      for (const input of node.inputs) {
        const edge = carriedEdge(this, node, input);
        const labelled = edge < 0 ? undefined : this.scheduler.valueOf(edge);
        if (labelled === undefined) continue;
        const label = node.label === undefined ? labelled.label : joinLabels(labelled.label, node.label);
        outputs[input.name] = { value: convertAlong(this, input, edge, labelled), label };
      }
    }
    return outputs;
  }

  /** What passes a disabled node: at each output the first input whose value fits it. */
  bypass(node: PlanNode): Outputs {
    const outputs: Record<string, LabelledValue> = {};
    for (const output of node.outputs) {
      if (output.name === errorPortName) continue;
      for (const input of node.inputs) {
        const edge = carriedEdge(this, node, input);
        const labelled = edge < 0 ? undefined : this.scheduler.valueOf(edge);
        if (labelled === undefined) continue;
        const value = passThrough(labelled.value, typeOfEdge(this, edge), input.port.type, output.port.type);
        if (value === undefined) continue;
        const label = node.label === undefined ? labelled.label : joinLabels(labelled.label, node.label);
        outputs[output.name] = { value, label };
        break;
      }
    }
    return outputs;
  }

  bufferOf(node: number, output: number): StreamBuffer | undefined {
    return this.buffers.size === 0 ? undefined : this.buffers.get(node * 1024 + output);
  }

  setBuffer(node: number, output: number, buffer: StreamBuffer | undefined): void {
    if (buffer === undefined) this.buffers.delete(node * 1024 + output);
    else this.buffers.set(node * 1024 + output, buffer);
  }

  get openBuffers(): number {
    return this.buffers.size;
  }
}
