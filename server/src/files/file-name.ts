/** The longest name of a stored file, in characters. */
const longest = 200;

/**
 * The name of a file for display: the last part of a path, never empty, `.` or `..`. Invisible characters are removed, and those that
 * change the direction of text (`invoice\u202Efdp.exe` would read `invoiceexe.pdf`). No file is stored under this name.
 *
 * @example fileName('..\\..\\a\u202Eb.txt') // 'ab.txt'
 */
export function fileName(given: string | undefined): string {
  const last = (given ?? '').normalize('NFC').split(/[\\/]/).at(-1) ?? '';
  // Browsers escape quotes and line ends in names like this (HTML, multipart/form-data). The next pattern removes control and format
  // characters, lone surrogates and line separators.
  const clean = last
    .replaceAll('%22', '"')
    .replace(/%0[AD]/g, '')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '')
    .trim()
    .replace(/^\.+|[. ]+$/g, '');
  if (clean === '') return 'file';
  const signs = Array.from(clean);
  if (signs.length <= longest) return clean;
  const ending = /\.[A-Za-z0-9]{1,10}$/.exec(clean)?.[0] ?? '';
  return `${signs.slice(0, longest - ending.length).join('')}${ending}`;
}
