/** The position of a bar on the timeline, as shares of the timeline's width. */
interface Bar {
  readonly left: number;
  readonly width: number;
}

/** The minimum width of a visible bar. */
const leastShare = 0.004;

/** The bar of an execution between the start and end of the run. */
export function barOf(start: number, end: number, from: number, to: number): Bar {
  const length = Math.max(1, to - from);
  const left = clamp((start - from) / length);
  const right = clamp((end - from) / length);
  const width = Math.max(leastShare, right - left);
  return { left: Math.min(left, 1 - width), width };
}

/** The positions of about five labels on the axis, at round intervals, in milliseconds from the start. */
export function ticksOf(length: number): readonly number[] {
  if (length < 5) return [0];
  const rough = length / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? rough;
  const ticks: number[] = [];
  for (let tick = 0; tick <= length * 1.0001; tick += step) ticks.push(Math.round(tick));
  return ticks;
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
