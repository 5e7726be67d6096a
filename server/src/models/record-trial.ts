import {
  canonicalJson,
  toErrorValue,
  type Audit,
  type ErrorValue,
  type GenerateEvent,
  type TryModelRequest,
} from '@heddle/core';
import { contentHash } from '../calls/content-hash.js';

/** A model call by a person, outside any run. */
interface Trial {
  readonly who: string;
  readonly model: string;
  readonly kind: 'generate' | 'score';
  /** The input; the record contains only its hash. */
  readonly sent: unknown;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Records a trial in the audit log, like the calls of runs. */
export async function writeTrial(
  audit: Audit,
  { who, model, kind, sent, parameters }: Trial,
  outcome: { readonly details?: Readonly<Record<string, unknown>>; readonly error?: ErrorValue },
): Promise<void> {
  const details = {
    step: 'tried',
    model,
    kind,
    isLocal: true,
    parameters,
    promptHash: contentHash(canonicalJson(sent)),
    ...outcome.details,
    error: outcome.error?.code,
  } as const;
  await audit.write({ kind: 'model-call', who, subject: `model:${model}`, details });
}

/** Passes on the events of a trial, and records it at its end, also after a failure or an abort. */
export async function* recordTrial(
  audit: Audit,
  who: string,
  model: string,
  { prompt, system, ...parameters }: TryModelRequest,
  events: AsyncIterable<GenerateEvent>,
): AsyncGenerator<GenerateEvent> {
  const text: string[] = [];
  let end: Extract<GenerateEvent, { type: 'end' }> | undefined;
  let error: ErrorValue | undefined = { code: 'aborted', message: 'It was left half-way.', retryable: false };
  try {
    for await (const event of events) {
      if (event.type === 'text') text.push(event.text);
      if (event.type === 'end') end = event;
      yield event;
    }
    error = undefined;
  } catch (cause) {
    error = toErrorValue(cause);
    throw cause;
  } finally {
    const outputHash = contentHash(text.join(''));
    const trial = {
      who,
      model,
      kind: 'generate',
      sent: { prompt, system },
    } as const;
    await writeTrial(
      audit,
      { ...trial, parameters },
      {
        details: { outputHash, answered: end?.model, usage: end?.usage },
        error,
      },
    );
  }
}
