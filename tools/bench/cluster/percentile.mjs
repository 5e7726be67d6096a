/** Gives the value that this share (0 to 1) of the samples do not exceed. */
export function percentile(samples, share) {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

/** Makes the rows for the median and the 95th percentile of samples in milliseconds. */
export function medianAndP95(name, samples, against) {
  return [
    ['p50', 0.5],
    ['p95', 0.95],
  ].map(([label, share]) => ({
    case: `${name}-${label}`,
    unit: 'ms',
    samples: [percentile(samples, share)],
    ...(against === undefined
      ? {}
      : { against: { name: against.name, samples: [percentile(against.samples, share)] } }),
  }));
}
