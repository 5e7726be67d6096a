/** Whether a JSON text ends inside of a text of its own. */
export function isInQuotes(json: string): boolean {
  return (json.replace(/\\./gs, '').split('"').length - 1) % 2 === 1;
}
