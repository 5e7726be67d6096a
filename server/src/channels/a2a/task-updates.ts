import { TaskState, type StreamResponse, type TaskStatus } from '@a2a-js/sdk';
import { HeddleError, isErrorCode, type PublishedEvent, type PublishedReply } from '@heddle/core';
import type { Waiting } from '../agents/agent-runs.js';
import { artifactOf, failedStatus, metadataOf, partsOf, statusOf, waitingStatus, type TaskName } from './task-of.js';

interface WrittenText {
  written: string;
  sent: string;
}

/** Creates the updates of a task from the public events of its run. If a retry changes a text, the new text replaces the artifact. */
export class TaskUpdates {
  private readonly texts = new Map<string, WrittenText>();

  constructor(private readonly name: TaskName) {}

  *updatesOf(event: PublishedEvent): Generator<StreamResponse> {
    switch (event.type) {
      case 'delta':
        yield* this.grow(event.output, event.offset, event.text);
        return;
      case 'node':
      case 'citation':
        return;
      case 'result':
        yield* this.finish(event.reply);
        return;
      case 'error':
        yield this.failed(event);
    }
  }

  waiting(waiting: Waiting): StreamResponse {
    return this.status(waitingStatus(this.name, waiting));
  }

  private *grow(output: string, offset: number, piece: string): Generator<StreamResponse> {
    const text = this.texts.get(output) ?? { written: '', sent: '' };
    this.texts.set(output, text);
    if (offset > text.written.length) return;
    text.written = text.written.slice(0, offset) + piece;
    if (text.sent.startsWith(text.written)) return;
    yield this.write(output, text, text.written);
  }

  private write(output: string, text: WrittenText, value: string): StreamResponse {
    const isMore = text.sent !== '' && value.startsWith(text.sent);
    const piece = isMore ? value.slice(text.sent.length) : value;
    text.sent = value;
    return this.artifact(output, piece, { append: isMore, lastChunk: false });
  }

  private *finish(reply: PublishedReply): Generator<StreamResponse> {
    for (const [output, value] of Object.entries(reply.outputs)) {
      const sent = this.texts.get(output)?.sent ?? '';
      const isMore = sent !== '' && typeof value === 'string' && value.startsWith(sent);
      yield this.artifact(output, isMore ? value.slice(sent.length) : value, { append: isMore, lastChunk: true });
    }
    yield this.status(statusOf(TaskState.TASK_STATE_COMPLETED), metadataOf(reply));
  }

  /** Errors: `shutting_down` if the run continues without its caller. */
  private failed({ code, message, runId }: Extract<PublishedEvent, { type: 'error' }>): StreamResponse {
    if (code === 'run_cancelled') return this.status(statusOf(TaskState.TASK_STATE_CANCELED));
    if (code === 'shutting_down' && isErrorCode(code)) throw new HeddleError(code, message, { details: { runId } });
    return this.status(failedStatus(this.name, { code, message }));
  }

  private artifact(
    output: string,
    value: unknown,
    how: { readonly append: boolean; readonly lastChunk: boolean },
  ): StreamResponse {
    const artifact = artifactOf(output, partsOf(value));
    return { payload: { $case: 'artifactUpdate', value: { ...this.name, artifact, ...how, metadata: undefined } } };
  }

  private status(status: TaskStatus, metadata?: Record<string, unknown>): StreamResponse {
    return { payload: { $case: 'statusUpdate', value: { ...this.name, status, metadata } } };
  }
}
