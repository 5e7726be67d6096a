import { HeddleError } from '@heddle/core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type EncodedText } from './encode-texts.js';

export interface RunOutput {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** Loads a model file. Its threads do not spin while they wait, because that would cost other work on the machine more than it gains. */
export async function openSession(weights: string, threads: number): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(weights, {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    });
  } catch (error) {
    throw new HeddleError('model_file_invalid', `'${weights}' is not a usable ONNX model: fetch it again.`, {
      cause: error,
    });
  }
}

/** Runs a batch, padded to its longest input. */
export async function runSession(session: InferenceSession, batch: readonly EncodedText[]): Promise<RunOutput> {
  const length = Math.max(1, ...batch.map(({ ids }) => ids.length));
  const shape = [batch.length, length];
  const fill = (value: (text: EncodedText, index: number) => number): Tensor => {
    const data = new BigInt64Array(batch.length * length);
    batch.forEach((text, row) => {
      for (let index = 0; index < length; index += 1) data[row * length + index] = BigInt(value(text, index));
    });
    return new Tensor('int64', data, shape);
  };
  const feeds: Record<string, Tensor> = {};
  for (const name of session.inputNames) {
    if (name === 'input_ids') feeds[name] = fill(({ ids }, index) => ids[index] ?? 0);
    else if (name === 'attention_mask') feeds[name] = fill(({ ids }, index) => (index < ids.length ? 1 : 0));
    else if (name === 'token_type_ids') feeds[name] = fill(({ types }, index) => types[index] ?? 0);
    else if (name === 'position_ids') feeds[name] = fill((_text, index) => index);
    else throw new HeddleError('model_file_invalid', `The model needs an input '${name}' that Heddle does not know.`);
  }
  return firstOutput(session, await session.run(feeds));
}

function firstOutput(session: InferenceSession, outputs: InferenceSession.ReturnType): RunOutput {
  const wanted = ['sentence_embedding', 'last_hidden_state', 'logits'].find((name) =>
    session.outputNames.includes(name),
  );
  const output = outputs[wanted ?? session.outputNames[0] ?? ''];
  if (!(output?.data instanceof Float32Array)) {
    throw new HeddleError(
      'model_file_invalid',
      'The model does not return 32-bit floating point numbers: use another export of it.',
    );
  }
  return { data: output.data, shape: output.dims };
}
