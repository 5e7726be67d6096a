/**
 * Separates explained findings from open ones, and lists explanations without a finding. An explanation is `{ advisory, package, why, until
 * }`: why the advisory does no harm here, and the day (YYYY-MM-DD) until which the explanation holds.
 */
export function judgeFindings(findings, explained, now) {
  const day = now.toISOString().slice(0, 10);
  const open = [];
  const known = [];
  const used = new Set();
  for (const finding of findings) {
    const entry = explained.find((each) => each.advisory === finding.advisory && each.package === finding.name);
    if (entry !== undefined) used.add(entry);
    const problem = problemOf(entry, day);
    if (problem === undefined) known.push({ finding, why: entry.why });
    else open.push({ finding, problem });
  }
  return { open, known, stale: explained.filter((entry) => !used.has(entry)) };
}

function problemOf(entry, day) {
  if (entry === undefined) return 'not explained';
  if (typeof entry.why !== 'string' || entry.why.trim().length < 20) return 'its explanation says too little';
  if (!/^\d{4}-\d{2}-\d{2}$/.test(entry.until ?? '')) return 'its explanation has no day until which it holds';
  return entry.until < day ? `its explanation held until ${entry.until}: check again` : undefined;
}
