/** Heddle's names for the kinds of the sentences. */
export const formatted = {
  CREDIT_CARD: 'CARD',
  EMAIL_ADDRESS: 'EMAIL',
  IBAN_CODE: 'IBAN',
  US_SSN: 'ID',
  US_DRIVER_LICENSE: 'ID',
  IP_ADDRESS: 'IP',
  DOMAIN_NAME: 'URL',
  PHONE_NUMBER: 'PHONE',
};
export const names = { PERSON: 'PERSON', GPE: 'PLACE', ORGANIZATION: 'ORGANISATION' };

/** Presidio's names for the kinds of the sentences, where they differ. */
export const presidioKinds = { DOMAIN_NAME: ['URL'], GPE: ['LOCATION'], US_SSN: ['US_SSN'] };

/** Converts offsets in code points, as Python counts, to offsets in UTF-16 units. */
export function inUnits(text, spans) {
  const offsets = [0];
  for (const character of text) offsets.push(offsets.at(-1) + character.length);
  return spans.map(([kind, start, end]) => ({ kind, start: offsets[start], end: offsets[end] }));
}

const overlap = (one, other) => Math.max(0, Math.min(one.end, other.end) - Math.max(one.start, other.start));

/** Counts the characters of a span that findings cover, without spaces. */
const covered = (span, findings) => findings.reduce((sum, finding) => sum + overlap(span, finding), 0);

/**
 * Counts by kind. A span is found if findings of its kind cover `share` of it. A finding is right if it overlaps a span of
 * its kind, or one of `alsoRight`.
 */
export function count(
  sentences,
  kindOf,
  foundIn,
  { share, isRight = (finding, span) => finding.kind === kindOf(span.kind) },
) {
  const byKind = {};
  const entry = (kind) => (byKind[kind] ??= { spans: 0, found: 0, findings: 0, right: 0, missed: [], extra: [] });
  for (const sentence of sentences) {
    const findings = foundIn(sentence);
    for (const span of sentence.marked) {
      if (kindOf(span.kind) === undefined) continue;
      const counts = entry(span.kind);
      counts.spans += 1;
      const same = findings.filter(({ kind }) => kind === kindOf(span.kind));
      if (covered(span, same) >= share * (span.end - span.start)) counts.found += 1;
      else counts.missed.push([sentence.text, sentence.text.slice(span.start, span.end)]);
    }
    for (const finding of findings) {
      const touched = sentence.marked.filter((span) => overlap(span, finding) > 0);
      const counts = entry(`found ${finding.kind}`);
      counts.findings += 1;
      if (touched.some((span) => isRight(finding, span))) counts.right += 1;
      else
        counts.extra.push([
          sentence.text,
          sentence.text.slice(finding.start, finding.end),
          touched.map(({ kind }) => kind).join(),
        ]);
    }
  }
  return byKind;
}

/** Parses the output of `sentences.py`. */
export function readSentences(lines) {
  return lines
    .trim()
    .split('\n')
    .map((line) => {
      const { text, spans, presidio, set } = JSON.parse(line);
      return { text, set, marked: inUnits(text, spans), presidio: inUnits(text, presidio) };
    });
}

/**
 * Writes a table of recall and precision with a row for each kind and a column for each program. `columns` contains the counts and the
 * names of the kinds.
 */
export function table(kinds, columns) {
  const share = (part, whole) => (whole > 0 ? `${((100 * part) / whole).toFixed(1)} %` : '-');
  const rows = kinds.map((kind) => [
    kind,
    String(Object.values(columns)[0][0][kind]?.spans ?? 0),
    ...Object.values(columns).flatMap(([counts, kindOf]) => {
      const spans = counts[kind];
      const findings = counts[`found ${kindOf(kind)}`];
      return [share(spans?.found, spans?.spans), share(findings?.right, findings?.findings)];
    }),
  ]);
  const head = ['kind', 'spans', ...Object.keys(columns).flatMap((name) => [`${name} recall`, `${name} precision`])];
  const line = (cells) => `| ${cells.join(' | ')} |\n`;
  return ['', line(head), line(head.map(() => '---')), ...rows.map(line), ''].join('');
}
