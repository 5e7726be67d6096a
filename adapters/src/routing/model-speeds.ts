import type { Clock, ModelSpeed, Tables, Usage } from '@heddle/core';
import { percentile } from './percentile.js';

/** The speeds of models, measured on their calls. */
export interface ModelSpeeds {
  /** Tokens per second over the latest successful calls, including trials; undefined before the first one. */
  speed(model: string): Promise<ModelSpeed | undefined>;
  /** Stores a trial of a local model outside runs. It counts only for speed, not for latency and spend. */
  keepTrial(
    model: string,
    usage: Pick<Usage, 'inputTokens' | 'outputTokens' | 'firstTokenMs' | 'totalMs'>,
  ): Promise<void>;
}

/** For how many milliseconds a speed is cached although new calls came in. */
const freshMs = 1_000;

/** Measures the speeds of models on their stored calls. */
export function createModelSpeeds(
  tables: Tables,
  { clock, samples }: { readonly clock: Pick<Clock, 'now'>; readonly samples: number },
): ModelSpeeds {
  const known = new Map<string, { readonly at: number; readonly speed: ModelSpeed | undefined }>();
  return {
    async speed(model) {
      const now = clock.now();
      const kept = known.get(model);
      if (kept !== undefined && Math.abs(now - kept.at) < freshMs) return kept.speed;
      const sql = `SELECT ms, first_token_ms AS first, input_tokens AS input, output_tokens AS output FROM model_calls
        WHERE model = @model AND error IS NULL AND is_batched = 0 ORDER BY number DESC LIMIT @samples`;
      const speed = speedOf(await tables.all<TokenRow>(sql, { model, samples }));
      known.set(model, { at: now, speed });
      return speed;
    },
    async keepTrial(model, { inputTokens, outputTokens, firstTokenMs, totalMs }) {
      if (totalMs === undefined) return;
      const sql = `INSERT INTO model_calls (run, path, model, kind, is_local, started, ms, first_token_ms, input_tokens, output_tokens)
        VALUES ('', '', @model, 'trial', 1, @started, @ms, @first, @inputTokens, @outputTokens)`;
      const measured = { started: clock.now() - totalMs, ms: totalMs, first: firstTokenMs ?? null };
      await tables.note([{ sql, values: { model, ...measured, inputTokens, outputTokens } }]);
      known.delete(model);
    },
  };
}

interface TokenRow {
  readonly ms: number;
  readonly first: number | null;
  readonly input: number;
  readonly output: number;
}

/** The rate of generated tokens after the first one; for a model that generates none, the rate of read tokens. */
function speedOf(rows: readonly TokenRow[]): ModelSpeed | undefined {
  const isWriter = rows.some(({ output }) => output > 0);
  const measured = rows.flatMap(({ ms, first, input, output }) => {
    if (!isWriter) return input > 0 && ms > 0 ? [{ tokens: input, ms }] : [];
    return first !== null && output > 1 && ms > first ? [{ tokens: output - 1, ms: ms - first }] : [];
  });
  if (measured.length === 0) return undefined;
  const tokens = measured.reduce((sum, one) => sum + one.tokens, 0);
  const ms = measured.reduce((sum, one) => sum + one.ms, 0);
  const first = rows.flatMap((row) => (row.first === null ? [] : [row.first])).sort((a, b) => a - b);
  return {
    tokensPerSecond: (tokens / ms) * 1000,
    ...(first.length === 0 ? {} : { firstTokenMs: percentile(first, 0.5) }),
  };
}
