/** Growth that counts as none: figures wander with garbage collection and open connections. */
const mostGrowthMb = 24;
const mostGrowthShare = 0.12;
const mostHandles = 24;

/**
 * Says whether memory and handles of a process stayed flat. Samples are `{ time, rssMb, handles }`; the first third is its warm-up,
 * and the lowest values of the second and of the last third are compared: what is held when garbage was collected.
 */
export function judge(samples) {
  if (samples.length < 9)
    return { isFlat: false, problems: ['there are too few samples to say: let it run for longer'] };
  const third = Math.floor(samples.length / 3);
  const middle = samples.slice(third, 2 * third);
  const last = samples.slice(-third);
  const least = (part, field) => Math.min(...part.map((sample) => sample[field]));
  const rss = { before: least(middle, 'rssMb'), after: least(last, 'rssMb') };
  const handles = { before: least(middle, 'handles'), after: least(last, 'handles') };
  const problems = [];
  if (rss.after - rss.before > Math.max(mostGrowthMb, rss.before * mostGrowthShare))
    problems.push(`memory grew from ${rss.before.toFixed(0)} to ${rss.after.toFixed(0)} MB`);
  if (handles.after - handles.before > mostHandles)
    problems.push(`open handles grew from ${handles.before} to ${handles.after}`);
  return { isFlat: problems.length === 0, problems, rss, handles };
}
