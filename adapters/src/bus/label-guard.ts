import { isAtMost, type Label, type LabelLevel, type StreamEvent } from '@heddle/core';

/** The longest event that the bus carries, in characters of JSON. Longer ones are only in the journal. */
export const longestEvent = 4_096;

/**
 * Returns a test for the events that may be on the bus, by their labels; without `highest`, all may. An event whose content has no label of
 * its own, such as a question to a person, is sent only without `highest`.
 */
export function labelGuard(highest: LabelLevel | undefined): (event: StreamEvent) => boolean {
  if (highest === undefined) return () => true;
  const isLow = (label: Label | undefined): boolean => label !== undefined && isAtMost(label.level, highest);
  return (event) => {
    switch (event.type) {
      case 'run-queue':
      case 'run-resume':
      case 'node-start':
        return true;
      case 'node-delta':
        return isLow(event.label);
      case 'node-end':
        return Object.values(event.outputs).every(({ label }) => isLow(label));
      case 'node-step':
        return isLow(event.value.label);
      default:
        return false;
    }
  };
}
