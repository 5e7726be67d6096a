/** An answer as a person reads it: the button that was pressed, one value as it is, else nothing. */
export function answerWords(
  value: unknown,
  buttons: readonly { readonly id: string; readonly title: string }[],
): string {
  const all: readonly unknown[] = typeof value === 'object' && value !== null ? Object.values(value) : [value];
  const choice = buttons.find(({ id }) => all.includes(id))?.title;
  if (choice !== undefined) return choice;
  const only = all.length === 1 ? all[0] : undefined;
  if (typeof only === 'boolean') return only ? 'Yes' : 'No';
  return typeof only === 'string' || typeof only === 'number' ? String(only).slice(0, 80) : '';
}

/** Somebody else was faster, or the time was over. */
export const lateWords = (title: string): string =>
  `Your answer to “${title}” came too late and was not taken. The run says who decided.`;
