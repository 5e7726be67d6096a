/** What became of a run with a hostile value, and of those beside it. */
export interface ValueEnd {
  /** How the run ended; undefined where it did not. */
  readonly end: { readonly status: string; readonly code: string | undefined } | undefined;
  /** How the others ended. */
  readonly others: readonly (string | undefined)[];
  readonly slowestReplyMs: number;
  readonly isHealthy: boolean;
}

/** Most milliseconds to a small reply meanwhile: far more than on a quiet machine, far less than a server that is held up. */
const longestReplyMs = 5_000;

/** The run ends with the reason, and nobody else is held up. */
export function judgeValue({ end, others, slowestReplyMs, isHealthy }: ValueEnd): readonly string[] {
  return [
    ...(end?.status === 'failed' && end.code === 'value_too_complex'
      ? []
      : [`the run ended as ${end?.status ?? 'nothing'} (${end?.code ?? 'no code'}), not with value_too_complex`]),
    ...(others.every((status) => status === 'done') ? [] : [`others ended as ${others.join(', ')}`]),
    ...(slowestReplyMs <= longestReplyMs ? [] : [`a small reply took ${Math.round(slowestReplyMs)} ms`]),
    ...(isHealthy ? [] : ['health is degraded afterwards']),
  ];
}
