import {
  HeddleError,
  withoutUndefined,
  type BatchedModel,
  type GenerateEvent,
  type GenerateRequest,
  type ModelPrice,
} from '@heddle/core';
import { batchEndpointOf } from './batch-endpoint.js';
import type { Provider, ProviderBatches } from './provider.js';
import { readAnswer, type Answer, type Piece } from './read-answer.js';
import type { RemoteModelOptions } from './remote-model-options.js';
import { loadFiles } from './shared/load-files.js';
import { priceUsage } from './shared/price-call.js';
import { checkAnswer, requestSchema } from './shared/structured-answer.js';

/** What providers charge for a call in a batch, as a share of the usual price. */
const part = 0.5;

/** Makes the calls of a model in batches of its provider; undefined if the provider has none. */
export function createBatchedModel(options: RemoteModelOptions): BatchedModel | undefined {
  const endpoint = batchEndpointOf(options.line.connection);
  if (endpoint === undefined) return undefined;
  const { info, model, readFile } = options;
  const price = batchPriceOf(info.price);
  return {
    endpoint,
    price,
    prepare: async (request) => {
      const provider = await options.provider();
      const asked = askedOf(provider, request);
      const files = await loadFiles(asked.messages, readFile);
      return JSON.stringify(batchesOf(provider, info.id).body({ ...asked, model, files }));
    },
    read: (answer, request) => read(options, price, answer, request),
  };
}

function batchPriceOf(price: ModelPrice | undefined): ModelPrice | undefined {
  if (price === undefined) return undefined;
  const parted = (amount: number | undefined): number | undefined => (amount === undefined ? undefined : amount * part);
  return withoutUndefined({
    ...price,
    inputPerMillion: price.inputPerMillion * part,
    outputPerMillion: price.outputPerMillion * part,
    cachedPerMillion: parted(price.cachedPerMillion),
    cacheWritePerMillion: parted(price.cacheWritePerMillion),
  });
}

/** If the provider does not enforce a schema, the prompt asks for it. A batch has no second attempt that could repair the answer. */
function askedOf(provider: Provider, request: GenerateRequest): GenerateRequest {
  const { schema, ...plain } = request;
  if (schema === undefined || provider.schemaSupport(schema) !== 'none') return request;
  return { ...plain, messages: requestSchema(request.messages, schema) };
}

function batchesOf({ batches }: Provider, model: string): ProviderBatches {
  if (batches !== undefined) return batches;
  throw new HeddleError('internal', `The provider of '${model}' has no batches.`);
}

async function* read(
  options: RemoteModelOptions,
  price: ModelPrice | undefined,
  text: string,
  request: GenerateRequest,
): AsyncGenerator<GenerateEvent> {
  const { info, line } = options;
  const batches = batchesOf(await options.provider(), info.id);
  const answer: unknown = JSON.parse(text);
  const pieces = readAnswer(batches.read(answer), request, { check: () => undefined, toError }, line.clock);
  const { finishReason, usage } = yield* request.schema === undefined
    ? pieces
    : fitting(pieces, request.schema, info.id);
  const priced = priceUsage(usage, price);
  const { cost = 0, cacheSaved } = priced;
  // The price is half, so the batch saved as much as it cost.
  yield {
    type: 'end',
    finishReason,
    model: info.id,
    usage: withoutUndefined({
      ...priced,
      cacheSaved,
      batchSaved: price === undefined ? undefined : (cost / part) * (1 - part),
    }),
  };
}

/** Holds the text back until it is complete and fits the schema. Errors: `schema_mismatch`. */
async function* fitting(
  pieces: AsyncGenerator<Piece, Answer>,
  schema: NonNullable<GenerateRequest['schema']>,
  model: string,
): AsyncGenerator<Piece, Answer> {
  let step = await pieces.next();
  for (; step.done !== true; step = await pieces.next()) if (step.value.type !== 'text') yield step.value;
  const answer = step.value;
  if (answer.finishReason !== 'stop') {
    if (answer.text !== '') yield { type: 'text', text: answer.text };
    return answer;
  }
  const checked = checkAnswer(answer.text, schema);
  if ('problem' in checked)
    throw new HeddleError(
      'schema_mismatch',
      `Model '${model}' gave an answer in a batch that does not fit the schema: ${checked.problem}.`,
      { details: { model, problem: checked.problem } },
    );
  yield { type: 'text', text: checked.json };
  return { ...answer, text: checked.json };
}

function toError(thrown: unknown): HeddleError {
  if (thrown instanceof HeddleError) return thrown;
  const said = thrown instanceof Error ? thrown.message : String(thrown);
  return new HeddleError('provider_failed', `The provider answered the call in a batch with an error: ${said}`, {
    cause: thrown,
  });
}
