/** Growth up to this much does not count: `mb`, or `share` of the initial level, whichever is more. */
const allowed = {
  held: { name: 'objects and buffers', mb: 4, share: 0.05 },
  rss: { name: 'memory of the process', mb: 24, share: 0.08 },
};
const mostHandles = 24;

/** The number of standard deviations from which a trend is not regarded as chance. */
const sure = 2.33;

/**
 * Judges whether the memory and handles of a process stayed flat. Samples are `{ time, isCollected, held, rss, handles }`; the first third
 * of the time is the warm-up. The memory after garbage collection is judged by the samples with `isCollected`; the memory of the process
 * (`rss`) by the others, as users see it. A violation needs a slope that is too steep (the median of the slopes between all pairs, which
 * single outliers do not affect) and a significant trend (Mann-Kendall test).
 */
export function judge(samples) {
  const begin = samples[0]?.time ?? 0;
  const warm = begin + ((samples.at(-1)?.time ?? 0) - begin) / 3;
  const judged = samples.filter(({ time }) => time >= warm);
  const parts = { held: judged.filter(isCollected), rss: judged.filter((sample) => !isCollected(sample)) };
  if (parts.held.length < 6 || parts.rss.length < 12)
    return { isFlat: false, problems: ['there are too few samples to say: let it run for longer'] };
  const minutes = (judged.at(-1).time - judged[0].time) / 60_000;
  const problems = [];
  const trends = {};
  for (const [field, { name, mb, share }] of Object.entries(allowed)) {
    const trend = trendOf(parts[field], field);
    trends[field] = trend;
    if (trend.isSure && trend.perMinute * minutes > Math.max(mb, trend.from * share))
      problems.push(
        `${name} grew by ${trend.perMinute.toFixed(2)} MB a minute over ${minutes.toFixed(1)} minutes, from ${trend.from.toFixed(0)} MB`,
      );
  }
  const third = Math.floor(judged.length / 3);
  const least = (part) => Math.min(...part.map((sample) => sample.handles));
  const handles = { before: least(judged.slice(0, third)), after: least(judged.slice(-third)) };
  if (handles.after - handles.before > mostHandles)
    problems.push(`open handles grew from ${handles.before} to ${handles.after}`);
  return { isFlat: problems.length === 0, problems, trends, handles, minutes };
}

const isCollected = (sample) => sample.isCollected;

/** Gives the Theil-Sen slope in MB per minute, the level at the beginning, and whether the trend is significant. */
function trendOf(samples, field) {
  const slopes = [];
  let rises = 0;
  for (let late = 1; late < samples.length; late += 1)
    for (let early = 0; early < late; early += 1) {
      const risen = samples[late][field] - samples[early][field];
      slopes.push((risen * 60_000) / (samples[late].time - samples[early].time));
      rises += Math.sign(risen);
    }
  const count = samples.length;
  const deviation = Math.sqrt((count * (count - 1) * (2 * count + 5)) / 18);
  const quarter = samples.slice(0, Math.max(1, Math.floor(count / 4)));
  return {
    perMinute: median(slopes),
    from: median(quarter.map((sample) => sample[field])),
    isSure: Math.abs(rises) / deviation > sure,
  };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
