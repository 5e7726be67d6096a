/** An answer as text: the title of the button, or a single value. Empty for any other answer. */
export function answerText(
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

/** The notice that a request was decided before this answer arrived. */
export const lateText = (title: string): string =>
  `Your answer to “${title}” came too late. The run shows who decided.`;
