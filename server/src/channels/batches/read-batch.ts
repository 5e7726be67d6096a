import type { BusboyFileStream } from '@fastify/busboy';
import { mostRows, readRows, type GivenRow } from '@heddle/adapters/channels';
import { yieldToEventLoop } from '@heddle/adapters/event-loop';
import {
  createPace,
  GivenBatchConfig,
  HeddleError,
  isPlainObject,
  mostValues,
  parseJson,
  ProviderBatch,
  sizeWithin,
  type BatchConfig,
  type ValueSize,
  queryNumber,
} from '@heddle/core';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { partsOf } from '../../files/parts-of.js';
import type { PartLimits } from '../../files/read-multipart.js';
import { invalid } from '../../http/errors/error-reply.js';
import { FileBytes } from '../../http/bodies/multipart-body.js';
import { unknownMember } from '../../http/bodies/unknown-member.js';

const Fields = z.object({
  name: z.string().optional(),
  concurrency: queryNumber(z.number()).optional(),
  version: queryNumber(z.number()).optional(),
  clearance: z.string().optional(),
  budget: queryNumber(z.number()).optional(),
  providerBatch: ProviderBatch.optional(),
  columns: z
    .string()
    .transform((text, context): unknown => {
      try {
        return parseJson(text, mostValues.usual);
      } catch {
        context.addIssue('It must be a JSON object: a column for each input.');
        return z.NEVER;
      }
    })
    .optional(),
});

/** The limits of a row, as for the inputs of a run. */
const mostOfRow: ValueSize = { values: mostValues.inputs, characters: Infinity };

/** How many values are checked in one tick. */
const stretch = 20_000;

/** The parts of an upload, for the OpenAPI document. */
export const BatchParts = {
  file: FileBytes,
  name: z.string().optional(),
  concurrency: z.number().optional(),
  version: z.number().optional(),
  clearance: z.string().optional(),
  budget: z.number().optional(),
  providerBatch: ProviderBatch.optional(),
  columns: z.string().optional(),
};
/** The body `{ rows, … }`. Rows are checked one by one elsewhere, because there can be very many. */
export const BatchJson = GivenBatchConfig.extend({
  rows: z.array(z.record(z.string(), z.unknown())).min(1).max(mostRows),
}).meta({ id: 'CreateBatchRequest' });

interface Given {
  readonly rows: readonly GivenRow[];
  readonly config: BatchConfig;
}

/** Reads the body `{ rows, … }`. */
export async function readJson(body: unknown): Promise<Given> {
  const { rows, ...config } = isPlainObject(body) ? body : {};
  if (!Array.isArray(rows) || rows.length === 0 || rows.length > mostRows)
    throw new HeddleError('bad_request', `rows must be a list of 1 to ${mostRows} objects, each a row.`);
  const isDue = createPace(stretch);
  for (const [index, row] of rows.entries()) {
    if (!isPlainObject(row)) throw new HeddleError('bad_request', `Row ${index + 1} must be an object.`);
    const size = sizeWithin(row, mostOfRow);
    if (size === undefined)
      throw new HeddleError(
        'batch_invalid',
        `Row ${index + 1} has more than ${mostOfRow.values.toLocaleString('en')} members and items: put large tables into a file or a collection.`,
      );
    if (isDue(1 + size.values)) await yieldToEventLoop();
  }
  const unknown = unknownMember(GivenBatchConfig, config);
  if (unknown !== undefined) throw invalid([unknown]);
  return { rows, config: GivenBatchConfig.parse(config) };
}

/** Reads a file of rows, and the settings from fields. Errors: `bad_request`, `payload_too_large`, `batch_invalid`. */
export async function readUpload(request: FastifyRequest, limits: PartLimits): Promise<Given> {
  const fields: Record<string, string> = {};
  let rows: readonly GivenRow[] | undefined;
  for await (const part of partsOf(request, limits)) {
    if (part.type === 'field') {
      const { fieldname = '' } = part;
      if (Object.hasOwn(Fields.shape, fieldname)) fields[fieldname] = part.text;
      continue;
    }
    const { file, filename = '' } = part;
    rows = await readRows(wholeOf(file, filename), filename);
  }
  if (rows === undefined) throw new HeddleError('bad_request', 'Send the rows as a part named file: CSV or JSONL.');
  return { rows, config: GivenBatchConfig.parse(Fields.parse(fields)) };
}

/** Refuses a truncated file, which would contain only some of the rows. Errors: `payload_too_large`. */
async function* wholeOf(file: BusboyFileStream, name: string): AsyncGenerator<Buffer, void, void> {
  yield* file as AsyncIterable<Buffer>; // The chunks of the file are the buffers that the parser received.
  if (file.truncated)
    throw new HeddleError('payload_too_large', `'${name}' is larger than HEDDLE_UPLOAD_LIMIT allows.`);
}
