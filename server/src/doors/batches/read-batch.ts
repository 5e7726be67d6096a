import { readRows, type GivenRow } from '@heddle/adapters/doors';
import { GivenBatchConfig, HeddleError, type BatchConfig } from '@heddle/core';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';

const JsonBatch = GivenBatchConfig.extend({ rows: z.array(z.record(z.string(), z.unknown())).min(1) });
const Fields = z.object({
  name: z.string().optional(),
  concurrency: z.coerce.number().optional(),
  version: z.coerce.number().optional(),
  ceiling: z.string().optional(),
  budget: z.coerce.number().optional(),
  columns: z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue('It must be a JSON object: a column for each input.');
        return z.NEVER;
      }
    })
    .optional(),
});

interface Given {
  readonly rows: readonly GivenRow[];
  readonly config: BatchConfig;
}

/** `{ rows, … }`. */
export function readJson(body: unknown): Given {
  const { rows, ...config } = JsonBatch.parse(body ?? {});
  return { rows, config };
}

/** A file of rows, and the settings as fields. Errors: `bad_request`, `payload_too_large`, `batch_invalid`. */
export async function readUpload(request: FastifyRequest): Promise<Given> {
  const fields: Record<string, string> = {};
  let rows: readonly GivenRow[] | undefined;
  for await (const part of request.parts()) {
    if (part.type === 'field') {
      fields[part.fieldname] = String(part.value);
      continue;
    }
    const content = await part.toBuffer();
    if (part.file.truncated)
      throw new HeddleError('payload_too_large', `'${part.filename}' is larger than HEDDLE_UPLOAD_LIMIT allows.`);
    rows = await readRows(content, part.filename);
  }
  if (rows === undefined) throw new HeddleError('bad_request', 'Send the rows as a part named file: CSV or JSONL.');
  return { rows, config: GivenBatchConfig.parse(Fields.parse(fields)) };
}
