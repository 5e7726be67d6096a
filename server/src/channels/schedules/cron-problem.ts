/** The fields of a cron expression, in order. An expression with five fields leaves out the first. */
const parts = [
  ['second', '0 to 59'],
  ['minute', '0 to 59'],
  ['hour', '0 to 23'],
  ['day of the month', '1 to 31, or L for the last one'],
  ['month', '1 to 12, or JAN to DEC'],
  ['day of the week', '0 to 7 with 0 and 7 for Sunday, or SUN to SAT'],
] as const;

/**
 * Explains why a cron expression cannot be parsed, and what to write instead.
 *
 * @param canRead Whether the library parses an expression. @example cronProblem('0 25 * * *', canRead) // "the hour '25' must be 0 to 23,
 * …"
 */
export function cronProblem(cron: string, canRead: (cron: string) => boolean): string {
  const written = cron.trim().split(/\s+/);
  const first = written.length === 6 ? 0 : 1;
  if (written.length < 5 || written.length > 6)
    return (
      `it has ${written.length === 1 ? '1 part' : `${written.length} parts`}. Write five: minute, hour, day of the month, month and ` +
      `day of the week, such as 0 9 * * 1-5 for Monday to Friday at 9; a sixth in front of them is the second`
    );
  const wrong = written.findIndex(
    (part, at) => !canRead(written.map((_, index) => (index === at ? part : '*')).join(' ')),
  );
  const [name, range] = parts[wrong + first] ?? [];
  if (name === undefined || range === undefined) return 'its parts do not fit together';
  return `the ${name} '${written[wrong] ?? ''}' must be ${range}. Write one value, * for all, 1,2 for some, 1-5 for a range from low to high, or */5 for every fifth`;
}
