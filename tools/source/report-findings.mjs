import { compareCounts, countFindings, readBaseline, shrinkBaseline, writeBaseline } from './baseline.mjs';

/** The maximum number of findings that are listed for a check with new findings. */
const mostListed = 40;

const toLine = ({ check, path, line, text }) => `${path}:${line} ${check}: ${text}\n`;

/**
 * Compares findings with the baseline, prints new ones and returns the exit code. With `list` (the name of a check, or `all`), prints the
 * findings instead; with `update`, lowers the baseline.
 *
 * @example process.exitCode = reportFindings(findings, { title: 'source', checks, values });
 */
export function reportFindings(findings, { title, command, checks, values }) {
  if (values.list !== undefined) {
    const wanted = findings.filter(({ check }) => values.list === 'all' || check === values.list);
    process.stdout.write(wanted.map(toLine).join(''));
    return 0;
  }
  const counts = countFindings(findings);
  const baseline = readBaseline();
  if (values.update === true) writeBaseline(shrinkBaseline(counts, baseline, checks));
  const { more, fewer } = compareCounts(counts, values.update === true ? readBaseline() : baseline, checks);
  for (const { check, package: name, known, found } of more) {
    process.stderr.write(`${title}: ${found} of "${check}" in ${name}, ${known} are known. One of these is new:\n`);
    const inPackage = findings.filter((finding) => finding.check === check && countFindings([finding])[check][name]);
    process.stderr.write(inPackage.slice(0, mostListed).map(toLine).join(''));
    if (inPackage.length > mostListed)
      process.stderr.write(`… and ${inPackage.length - mostListed} more: ${command} --list "${check}"\n`);
  }
  for (const { check, package: name, known, found } of fewer)
    process.stdout.write(`${title}: ${found} of "${check}" in ${name} instead of ${known}: ${command} --update\n`);
  if (more.length === 0) process.stdout.write(`${title}: no more findings than the baseline knows\n`);
  return more.length === 0 ? 0 : 1;
}

/**
 * Exits if a check does not find the problem in its failing fixture, or finds one in its passing fixture. Each fixture folder contains
 * `bad` and `good`.
 */
export function checkFixtures({ title, checks, findIn }) {
  const bad = new Set(findIn('bad').map(({ check }) => check));
  const missed = checks.filter((check) => !bad.has(check));
  const wrong = findIn('good');
  if (missed.length === 0 && wrong.length === 0) return;
  process.stderr.write(`${title}: the check does not judge its fixtures rightly.\n`);
  for (const check of missed) process.stderr.write(`"${check}" finds nothing in the fixture that breaks it.\n`);
  process.stderr.write(wrong.map(toLine).join(''));
  process.exit(1);
}
