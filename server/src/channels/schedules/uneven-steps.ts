/** Fields whose steps restart: the position from the end, the number of values, and the text for a note. */
const fields = [
  { fromEnd: 5, count: 60, begin: 'each full hour', last: (value: number) => `minute ${value}`, unit: 'minutes' },
  { fromEnd: 4, count: 24, begin: 'midnight', last: (value: number) => `${value}:00`, unit: 'hours' },
] as const;

/**
 * Explains a step that does not divide its field evenly: the count restarts with each hour, day or month, so one pause is shorter.
 *
 * @example unevenSteps('*\/7 * * * *') // ['Minutes are counted from each full hour: after minute 56 the next pause is 4 minutes.']
 */
export function unevenSteps(cron: string): readonly string[] {
  const parts = cron.trim().split(/\s+/);
  const notes = fields.flatMap(({ fromEnd, count, begin, last, unit }) => {
    const step = stepOf(parts.at(-fromEnd));
    if (step === undefined || step >= count || count % step === 0) return [];
    const final = Math.floor((count - 1) / step) * step;
    const pause = count - final;
    const text = pause === 1 ? `1 ${unit.slice(0, -1)}` : `${pause} ${unit}`;
    return `${capital(unit)} are counted from ${begin}: after ${last(final)} the next pause is ${text}.`;
  });
  const days = stepOf(parts.at(-3));
  return days === undefined ? notes : [...notes, 'Days are counted from the first of each month.'];
}

/** The step of a field such as `*` + `/7`; undefined for any other field, and for a step of 1. */
function stepOf(field: string | undefined): number | undefined {
  const step = Number(/^\*\/(\d{1,4})$/.exec(field ?? '')?.[1] ?? 1);
  return step > 1 ? step : undefined;
}

const capital = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
