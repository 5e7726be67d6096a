/** Whether a JSON text ends inside a string. */
export function isInQuotes(json: string): boolean {
  return (json.replace(/\\./gs, '').split('"').length - 1) % 2 === 1;
}
