import {
  canonicalJson,
  splitModelId,
  toErrorValue,
  type CallScope,
  type Destination,
  type ErrorValue,
  type ModelFiles,
} from '@heddle/core';
import { admitCall } from './admit-call.js';
import { contentHash } from './content-hash.js';
import type { CallObserver } from './observe-language-model.js';

/** A call of an embedder, reranker or classifier, as guards and records see it. */
export interface SmallCall {
  readonly kind: 'embed' | 'rerank' | 'classify';
  readonly id: string;
  readonly destination: Destination;
  /** Of a model of this machine: its files by hash. */
  readonly files?: ModelFiles;
  readonly texts: readonly string[];
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** The files of a model by hash, as far as they are known. */
export function filesOf({ fileHash, manifestHash }: ModelFiles): ModelFiles {
  return {
    ...(fileHash === undefined ? {} : { fileHash }),
    ...(manifestHash === undefined ? {} : { manifestHash }),
  };
}

/** What the caller of a model had been given to answer from. */
export function passagesOf(scope: CallScope): { readonly passages?: string[] } {
  const passages = scope.passages();
  return passages.length === 0 ? {} : { passages: [...passages] };
}

/**
 * Makes such a call: admitted by the guards, written into the run as `model-call`. The texts are named by hash. `make` says how many
 * tokens they were where the model counts them.
 */
export async function observeCall<T>(
  call: SmallCall,
  scope: CallScope,
  observer: CallObserver,
  make: (count: (inputTokens: number) => void) => Promise<T>,
): Promise<T> {
  const { kind, id, destination, texts } = call;
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const planned = { kind, subject: id, connection: splitModelId(id).connection, isLocal: destination.isLocal };
  const settle = await admitCall(
    observer.guards,
    { ...planned, inputTokens: bytes, outputTokens: 0, price: undefined },
    scope,
  );
  const prompt = canonicalJson(texts);
  const started = observer.clock.now();
  let error: ErrorValue | undefined;
  let counted: number | undefined;
  try {
    return await make((inputTokens) => (counted = inputTokens));
  } catch (cause) {
    error = toErrorValue(cause, 'provider_failed', scope.path);
    throw cause;
  } finally {
    scope.record({
      type: 'model-call',
      model: id,
      kind,
      isLocal: destination.isLocal,
      parameters: { ...call.parameters, texts: texts.length },
      promptHash: contentHash(prompt),
      ...call.files,
      ...passagesOf(scope),
      label: scope.label,
      started,
      ...(counted === undefined ? {} : { usage: { inputTokens: counted, outputTokens: 0 } }),
      ...(error === undefined ? {} : { error }),
    });
    observer.keep?.({ runId: scope.runId, hash: contentHash(prompt), label: scope.label, text: prompt });
    settle({
      usage: { inputTokens: counted ?? Math.ceil(bytes / 4), outputTokens: 0 },
      ms: observer.clock.now() - started,
      error,
    });
  }
}
