/** The end of a run with a hostile value, and of other runs at the same time. */
export interface ValueEnd {
  /** How the run ended; undefined if it did not. */
  readonly end: { readonly status: string; readonly code: string | undefined } | undefined;
  /** How the other runs ended. */
  readonly others: readonly (string | undefined)[];
  readonly slowestReplyMs: number;
  readonly isHealthy: boolean;
}

/**
 * The maximum milliseconds for a small reply at the same time: far more than a quiet machine needs, far less than if the value blocked the
 * server.
 */
const longestReplyMs = 5_000;

/** Checks that the run ends with the reason and blocks nobody else. */
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
