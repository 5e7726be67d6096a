import { z } from 'zod';

/** How far data may travel, from anywhere to nowhere. Order matters: later is stricter. */
export const LabelLevel = z.enum(['public', 'internal', 'confidential', 'restricted']).meta({ id: 'LabelLevel' });
export type LabelLevel = z.infer<typeof LabelLevel>;

/** The label of a value (rule B1): a level and a set of marks, such as `untrusted`. Marks are sorted and unique. */
export const Label = z
  .object({ level: LabelLevel, marks: z.array(z.string()).readonly() })
  .readonly()
  .meta({ id: 'Label' });
export type Label = z.infer<typeof Label>;

const order: Readonly<Record<LabelLevel, number>> = { public: 0, internal: 1, confidential: 2, restricted: 3 };
const interned = new Map<string, Label>();

/** The one object for a level and marks, so that equal labels are the same object (rule C3). */
export function labelOf(level: LabelLevel, marks: readonly string[] = []): Label {
  const sorted = marks.length < 2 ? marks : [...new Set(marks)].sort();
  const key = `${level}|${sorted.join(',')}`;
  const known = interned.get(key);
  if (known !== undefined) return known;
  const label: Label = Object.freeze({ level, marks: Object.freeze([...sorted]) });
  interned.set(key, label);
  return label;
}

/** What a source that says nothing gives: `internal`, no marks. */
export const defaultLabel: Label = labelOf('internal');

/** The least label: what a value made of nothing carries. */
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

/** What a port carries after a declassification (B2): the lower level, without the dropped marks; what is above `from` keeps its label. */
export function lowerLabel(
  label: Label,
  lowering: { readonly from: LabelLevel; readonly to: LabelLevel; readonly dropMarks?: readonly string[] },
): Label {
  if (!isAtMost(label.level, lowering.from)) return label;
  const level = isAtMost(label.level, lowering.to) ? label.level : lowering.to;
  const { dropMarks = [] } = lowering;
  const marks = dropMarks.length === 0 ? label.marks : label.marks.filter((mark) => !dropMarks.includes(mark));
  return labelOf(level, marks);
}
