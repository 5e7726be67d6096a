/**
 * Writes a text as a CSV cell. A spreadsheet reads a leading sign as a formula, even a full-width sign or one after a space; a quote in
 * front makes it text. A number is safe and stays a number. Cells that contain a separator are quoted.
 */
export function csvCell(text: string): string {
  const isFormula = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/.test(text) && !/^-\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text);
  const safe = isFormula ? `'${text}` : text;
  return /[",;\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
