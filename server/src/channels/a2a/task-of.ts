import { Role, TaskState, type Artifact, type Message, type Part, type Task, type TaskStatus } from '@a2a-js/sdk';
import { toHeddleError, type OpenRequest, type PublishedReply, type RunStatus, type RunSummary } from '@heddle/core';
import type { Waiting } from '../agents/agent-runs.js';
import { answerSchemaOf, textOfQuestion } from '../agents/open-questions.js';

/** The ids of a run as a client sees them. */
export interface TaskName {
  readonly taskId: string;
  readonly contextId: string;
}

const partOf = (content: NonNullable<Part['content']>, mediaType: string): Part => ({
  content,
  metadata: undefined,
  filename: '',
  mediaType,
});
const textPart = (value: string): Part => partOf({ $case: 'text', value }, 'text/plain');
const dataPart = (value: unknown): Part => partOf({ $case: 'data', value }, 'application/json');

/** A message of the agent in the status of a task. */
function messageOf({ taskId, contextId }: TaskName, parts: Part[]): Message {
  return {
    messageId: `${taskId}-status`,
    contextId,
    taskId,
    role: Role.ROLE_AGENT,
    parts,
    metadata: undefined,
    extensions: [],
    referenceTaskIds: [],
  };
}

export const statusOf = (state: TaskState, message?: Message, timestamp?: number): TaskStatus => ({
  state,
  message,
  timestamp: timestamp === undefined ? undefined : new Date(timestamp).toISOString(),
});

/** The status of a failed task, with the error as text. */
export function failedStatus(
  name: TaskName,
  { code, message }: { readonly code: string; readonly message: string },
): TaskStatus {
  return statusOf(TaskState.TASK_STATE_FAILED, messageOf(name, [textPart(`${code}: ${message}`)]));
}

/**
 * The status of a task that waits: for an answer of its client, with the text and the schema of the first question, or for somebody else.
 */
export function waitingStatus(name: TaskName, waiting: Waiting): TaskStatus {
  if ('elsewhere' in waiting)
    return statusOf(TaskState.TASK_STATE_WORKING, messageOf(name, [textPart(waiting.elsewhere)]));
  const parts = waiting.questions.slice(0, 1).flatMap(questionParts);
  return statusOf(TaskState.TASK_STATE_INPUT_REQUIRED, messageOf(name, parts));
}

const questionParts = ({ question }: OpenRequest): Part[] => [
  textPart(textOfQuestion(question)),
  dataPart({ schema: answerSchemaOf(question) }),
];

/** An output as an artifact. */
export const artifactOf = (output: string, parts: Part[]): Artifact => ({
  artifactId: output,
  name: output,
  description: '',
  parts,
  metadata: undefined,
  extensions: [],
});

export const partsOf = (value: unknown): Part[] => [typeof value === 'string' ? textPart(value) : dataPart(value)];

const states: Readonly<Record<RunStatus, TaskState>> = {
  queued: TaskState.TASK_STATE_SUBMITTED,
  running: TaskState.TASK_STATE_WORKING,
  suspended: TaskState.TASK_STATE_WORKING,
  paused: TaskState.TASK_STATE_WORKING,
  done: TaskState.TASK_STATE_COMPLETED,
  failed: TaskState.TASK_STATE_FAILED,
  cancelled: TaskState.TASK_STATE_CANCELED,
};

/** What a client gets about a run besides its outputs. */
export function metadataOf({ runId, version, citations, usage }: PublishedReply): Record<string, unknown> {
  return { heddle: { runId, version, usage, ...(citations && { citations }) } };
}

/** A task that has started, before its updates. */
export const begunTask = ({ taskId: id, contextId }: TaskName): Task => ({
  id,
  contextId,
  history: [],
  artifacts: [],
  metadata: undefined,
  status: statusOf(TaskState.TASK_STATE_WORKING),
});

/** The present state of a run as a task. */
export async function taskOf(
  name: TaskName,
  summary: RunSummary,
  reply: () => Promise<PublishedReply>,
  waiting: () => Promise<Waiting | undefined>,
): Promise<Task> {
  const { taskId: id, contextId } = name;
  const task = { id, contextId, history: [], artifacts: [], metadata: undefined };
  const at = summary.endedAt ?? summary.acceptedAt;
  const plain = statusOf(states[summary.status], undefined, at);
  if (summary.status === 'suspended' || summary.status === 'paused') {
    const now = await waiting();
    return { ...task, status: now === undefined ? plain : waitingStatus(name, now) };
  }
  try {
    const shown = await reply();
    const artifacts = Object.entries(shown.outputs).map(([output, value]) => artifactOf(output, partsOf(value)));
    const status = shown.error === undefined || shown.status === 'cancelled' ? plain : failedStatus(name, shown.error);
    return { ...task, status, artifacts, metadata: metadataOf(shown) };
  } catch (error) {
    const known = toHeddleError(error);
    if (known.code !== 'label_refused') throw error;
    return { ...task, status: failedStatus(name, known) };
  }
}
