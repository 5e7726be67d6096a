import type { RunEvent, StreamEvent } from '@heddle/core';

/** An event with its time in the playback, in milliseconds from the start. */
interface Cue {
  readonly at: number;
  readonly event: StreamEvent;
}

/** An ended run, prepared for its playback. */
export interface Script {
  readonly runId: string;
  readonly cues: readonly Cue[];
  readonly length: number;
  /** The shortened pauses. After the playback time `at`, the run's own time is ahead by a further `ahead` milliseconds. */
  readonly jumps: readonly { readonly at: number; readonly ahead: number }[];
  readonly from: number;
  /** Playback milliseconds per millisecond of the run. A very short run is slowed down so that it can be followed. */
  readonly stretch: number;
}

const longestPauseMs = 5000;
const shortenedToMs = 1500;
const stepMs = 40;
const shortestMs = 3000;

/**
 * Prepares the playback of a run from its durable events. Pauses of more than five seconds are shortened. The deltas of model text are not
 * stored, so the text is spread evenly between the first token and the end of its node.
 */
export function writeScript(runId: string, events: readonly RunEvent[]): Script {
  const spread = events.flatMap((event) => [...deltasOf(event), event]);
  spread.sort((a, b) => a.time - b.time);
  const from = spread[0]?.time ?? 0;
  const jumps: { at: number; ahead: number }[] = [];
  const cues: Cue[] = [];
  let skipped = 0;
  let last = from;
  for (const event of spread) {
    const gap = event.time - last;
    if (gap > longestPauseMs) {
      const ahead = gap - shortenedToMs;
      jumps.push({ at: last - from - skipped, ahead });
      skipped += ahead;
    }
    last = event.time;
    cues.push({ at: event.time - from - skipped, event });
  }
  const whole = cues.at(-1)?.at ?? 0;
  if (whole >= shortestMs) return { runId, cues, jumps, from, length: whole, stretch: 1 };
  const apart = oneByOne(cues);
  const length = apart.at(-1)?.at ?? 0;
  const stretch = length > 0 ? shortestMs / length : 1;
  return {
    runId,
    cues: apart.map(({ at, event }) => ({ at: at * stretch, event })),
    jumps,
    from,
    length: length * stretch,
    stretch,
  };
}

/** Spreads events of the same millisecond over that millisecond, because a whole run may take only one. */
function oneByOne(cues: readonly Cue[]): Cue[] {
  const counts = new Map<number, number>();
  for (const { at } of cues) counts.set(at, (counts.get(at) ?? 0) + 1);
  let before: number | undefined;
  let index = 0;
  return cues.map(({ at, event }) => {
    index = at === before ? index + 1 : 0;
    before = at;
    return { at: at + index / (counts.get(at) ?? 1), event };
  });
}

/** The run's own time at a moment of the playback. */
export function timeAt({ from, jumps, stretch }: Script, moment: number): number {
  const at = moment / stretch;
  let time = from + at;
  for (const jump of jumps) {
    if (at <= jump.at) break;
    // Within a shortened pause, the run's time runs faster instead of jumping, so that it never goes back.
    time += jump.ahead * Math.min(1, (at - jump.at) / shortenedToMs);
  }
  return time;
}

function deltasOf(event: RunEvent): StreamEvent[] {
  if (event.type !== 'node-end' || event.usage === undefined) return [];
  const { runId, path, attempt, started, usage } = event;
  const begin = started + (usage.firstTokenMs ?? 0);
  const steps = Math.min(400, Math.floor((event.time - begin) / stepMs));
  return Object.entries(event.outputs).flatMap(([port, labelled]) => {
    const text =
      typeof labelled.value === 'string' ? labelled.value : labelled.value === undefined ? labelled.preview : undefined;
    if (text === undefined || text === '' || steps < 1) return [];
    const deltas: StreamEvent[] = [];
    for (let step = 0; step < steps; step += 1) {
      const offset = Math.floor((text.length * step) / steps);
      const end = Math.floor((text.length * (step + 1)) / steps);
      if (end > offset)
        deltas.push({
          type: 'node-delta',
          runId,
          path,
          attempt,
          port,
          offset,
          delta: text.slice(offset, end),
          time: Math.min(event.time, begin + step * stepMs),
        });
    }
    return deltas;
  });
}
