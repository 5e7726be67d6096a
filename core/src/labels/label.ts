import { z } from 'zod';

/** The sensitivity of data, from `public` to `restricted`, in ascending order. */
export const LabelLevel = z.enum(['public', 'internal', 'confidential', 'restricted']).meta({ id: 'LabelLevel' });
export type LabelLevel = z.infer<typeof LabelLevel>;

/** The label of a value: a level and a set of marks, such as `untrusted` (rule "Labels join"). Marks are sorted and unique. */
export const Label = z
  .object({ level: LabelLevel, marks: z.array(z.string()).readonly() })
  .readonly()
  .meta({ id: 'Label' });
export type Label = z.infer<typeof Label>;

const order: Readonly<Record<LabelLevel, number>> = { public: 0, internal: 1, confidential: 2, restricted: 3 };
const interned = new Map<string, Label>();

/** Returns the same object for equal labels (rule "Free label joins"). */
export function labelOf(level: LabelLevel, marks: readonly string[] = []): Label {
  const sorted = marks.length < 2 ? marks : [...new Set(marks)].sort();
  const key = `${level}|${sorted.join(',')}`;
  const known = interned.get(key);
  if (known !== undefined) return known;
  const label: Label = Object.freeze({ level, marks: Object.freeze([...sorted]) });
  interned.set(key, label);
  return label;
}

/** The label of a source without a label: `internal`, no marks. */
export const defaultLabel: Label = labelOf('internal');

/** The lowest label, for a value that is not made from any other value. */
export const publicLabel: Label = labelOf('public');

/** Whether level `a` is at most level `b`. */
export function isAtMost(a: LabelLevel, b: LabelLevel): boolean {
  return order[a] <= order[b];
}

const includesAll = (all: readonly string[], some: readonly string[]): boolean =>
  some.length === 0 || some.every((mark) => all.includes(mark));

/** The join of two labels: the stricter level and the union of marks. Allocates nothing when one covers the other. */
export function joinLabels(a: Label, b: Label): Label {
  if (a === b) return a;
  const aCovers = order[a.level] >= order[b.level];
  if (aCovers && includesAll(a.marks, b.marks)) return a;
  if (order[b.level] >= order[a.level] && includesAll(b.marks, a.marks)) return b;
  return labelOf(aCovers ? a.level : b.level, [...a.marks, ...b.marks]);
}

/** The label of an output after a declassification: the lower level without the dropped marks. A label above `from` does not change (rule "Output labels"). */
export function declassifyLabel(
  label: Label,
  declassification: { readonly from: LabelLevel; readonly to: LabelLevel; readonly dropMarks?: readonly string[] },
): Label {
  if (!isAtMost(label.level, declassification.from)) return label;
  const level = isAtMost(label.level, declassification.to) ? label.level : declassification.to;
  const { dropMarks = [] } = declassification;
  const marks = dropMarks.length === 0 ? label.marks : label.marks.filter((mark) => !dropMarks.includes(mark));
  return labelOf(level, marks);
}
