import {
  compareVariantsSteps,
  hasNewDestination,
  isRerouted,
  type ComparedScore,
  type ComparisonTable,
  type MetricInfo,
  type ReplayRow,
  type ReplayRowCounts,
  type ReplaySide,
  type StartReplayRequest,
  type Steps,
} from '@heddle/core';

/** The columns of the table. */
const replayVariants = ['recorded', 'draft'] as const;

const metrics: readonly MetricInfo[] = [
  { name: 'answered', title: 'Answered', better: 'higher', unit: 'check' },
  { name: 'same-answer', title: 'Same answer', better: 'higher', unit: 'check' },
  { name: 'same-route', title: 'Same nodes', better: 'higher', unit: 'check' },
  { name: 'known-destinations', title: 'No new destination of data', better: 'higher', unit: 'check' },
  { name: 'ms', title: 'Time of nodes', better: 'lower', unit: 'ms' },
  { name: 'cost', title: 'Cost', better: 'lower', unit: 'USD' },
  { name: 'tokens', title: 'Tokens', better: 'lower', unit: 'tokens' },
];

/** Compares the rows that have ended on both sides. */
export const tableOfReplay = (rows: readonly ReplayRow[]): Steps<ComparisonTable> => {
  const compared = rows.filter(({ before, after, status }) => before && after && status !== 'suspended');
  return compareVariantsSteps({
    rows: compared.map(({ number, after }) => ({
      id: String(number),
      tags: after?.nodes.map((node) => `node:${node}`),
    })),
    variants: [...replayVariants],
    metrics,
    scores: compared.flatMap(scoresOf),
  });
};

function scoresOf(row: ReplayRow): readonly ComparedScore[] {
  const { before, after, number } = row;
  if (before === undefined || after === undefined) return [];
  return replayVariants.flatMap((variant) => {
    const side = variant === 'recorded' ? before : after;
    const isRecorded = variant === 'recorded';
    const check = (holds: boolean): number => (isRecorded || holds ? 1 : 0);
    const values: Readonly<Record<string, number>> = {
      answered: side.status === 'done' ? 1 : 0,
      'same-answer': check(row.status === 'same'),
      'known-destinations': check(!hasNewDestination(row)),
      // If the statuses differ, one run ended early, and its work and path are not comparable.
      ...(after.status === before.status ? { ...figuresOf(side), 'same-route': check(!isRerouted(row)) } : {}),
    };
    return Object.entries(values).map(([metric, value]) => ({ row: String(number), variant, metric, value }));
  });
}

const figuresOf = ({ ms, cost, tokens }: ReplaySide): Readonly<Record<string, number>> => ({ ms, cost, tokens });

/** Lists the reasons why a draft does not pass; empty if it passes. */
export function problemsOf(
  { maxChanged }: Pick<StartReplayRequest, 'maxChanged'>,
  counts: ReplayRowCounts,
  sent: number,
): string[] {
  const { total, regressions, changed, same, failed, wouldCall, leftOut, suspended } = counts;
  const replayed = same + changed + failed + wouldCall;
  const share = replayed === 0 ? 0 : (replayed - same) / replayed;
  return [
    ...(total === 0 ? ['No recorded run fits the filter.'] : []),
    ...(regressions > 0 ? [`${regressions} of ${total} runs had an answer and have none now.`] : []),
    ...(maxChanged !== undefined && share > maxChanged
      ? [`${percent(share)} of the runs changed, but at most ${percent(maxChanged)} may.`]
      : []),
    ...(leftOut > 0 ? [`${leftOut} of ${total} runs could not be replayed.`] : []),
    ...(suspended > 0 ? [`${suspended} of ${total} replays wait for a person.`] : []),
    ...(sent > 0 ? [`${sent} effects were sent, and a replay must send none.`] : []),
  ];
}

const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;
