import {
  canonicalJson,
  splitModelId,
  toErrorValue,
  type CallScope,
  type Destination,
  type ErrorValue,
  type InputUsage,
  type ModelFiles,
} from '@heddle/core';
import { admitCall } from './admit-call.js';
import { contentHash } from './content-hash.js';
import type { CallObserver } from './call-observer.js';

/** A call of an embedder, reranker or classifier, as guards and records see it. */
interface SmallCall {
  readonly kind: 'embed' | 'rerank' | 'classify';
  readonly id: string;
  readonly destination: Destination;
  /** For a local model: the hashes of its files. */
  readonly files?: ModelFiles;
  readonly texts: readonly string[];
  readonly parameters: Readonly<Record<string, unknown>>;
  /** For a reranker: the most searches that its provider can count. */
  readonly searches?: number;
}

/** The known hashes of the files of a model. */
export function filesOf({ fileHash, manifestHash }: ModelFiles): ModelFiles {
  return {
    fileHash,
    manifestHash,
  };
}

/** The passages that the execution had before the call. */
export function passagesOf(scope: CallScope): { readonly passages?: string[] } {
  const passages = scope.passages();
  return passages.length === 0 ? {} : { passages: [...passages] };
}

/**
 * Makes a call that the guards admit, and records it in the run as `model-call`, with hashes of the texts. `make` reports the usage if the
 * model counts it.
 */
export async function observeCall<T>(
  call: SmallCall,
  scope: CallScope,
  observer: CallObserver,
  make: (count: (usage: InputUsage) => void) => Promise<T>,
): Promise<T> {
  const { kind, id, destination, texts } = call;
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const planned = { kind, subject: id, connection: splitModelId(id).connection, isLocal: destination.isLocal };
  const settle = await admitCall(
    observer.guards,
    { ...planned, inputTokens: bytes, outputTokens: 0, searches: call.searches, price: undefined },
    scope,
  );
  const prompt = canonicalJson(texts);
  const started = observer.clock.now();
  let error: ErrorValue | undefined;
  let counted: InputUsage | undefined;
  try {
    return await make((taken) => (counted = taken));
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
      usage: counted && { outputTokens: 0, ...counted },
      error,
    });
    observer.keep?.({ runId: scope.runId, hash: contentHash(prompt), label: scope.label, text: prompt });
    await settle({
      usage: { inputTokens: Math.ceil(bytes / 4), outputTokens: 0, ...counted },
      ms: observer.clock.now() - started,
      error,
    });
  }
}
